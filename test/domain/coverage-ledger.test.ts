import { describe, expect, it } from "vitest";

import { coverageOf } from "../../src/domain/coverage-ledger.ts";
import { ExternalError } from "../../src/domain/errors.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Outcome, Subtask, SubtaskFile } from "../../src/domain/subtask.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";
import { addedHunk, changedFile, changeSetOf } from "../support/change-builders.ts";

function subtask(id: string, files: readonly SubtaskFile[]): Subtask {
  return {
    id,
    description: id,
    lens: "general",
    files,
    risk: "normal",
    tools: [],
    budget: { turns: 1, tokens: 1, outputTokens: 1 },
    dependsOn: [],
    wave: 0,
    why: "",
  };
}

const plan = (subtasks: readonly Subtask[], skipped: Plan["skipped"] = []): Plan => ({
  subtasks,
  skipped,
  notes: [],
  warnings: [],
});
const MEASURES = { claims: [], usage: NO_USAGE, costUsd: 0, startedMs: 0, endedMs: 1 } as const;
const done = (subtaskId: string): Outcome => ({ ...MEASURES, subtaskId, turns: 1, end: "done" });
const failed = (subtaskId: string): Outcome => ({
  ...MEASURES,
  subtaskId,
  turns: 1,
  end: "failed",
  error: new ExternalError("Claude", "overloaded"),
});
const whole = (path: string): SubtaskFile => ({ path, hunks: "all" });

describe("the coverage ledger", () => {
  it("lists every changed path once, sorted, with what became of it", () => {
    const changes = changeSetOf([changedFile("c.lock"), changedFile("b.ts"), changedFile("a.ts")]);
    const planned = plan(
      [subtask("s1", [whole("a.ts")]), subtask("s2", [whole("b.ts")])],
      [{ path: "c.lock", reason: "Lock file." }],
    );

    expect(coverageOf(planned, changes, [failed("s2"), done("s1")])).toEqual([
      { path: "a.ts", status: "reviewed", subtasks: ["s1"] },
      { path: "b.ts", status: "failed", reason: "s2 failed: overloaded.", subtasks: ["s2"] },
      { path: "c.lock", status: "skipped", reason: "Lock file.", subtasks: [] },
    ]);
  });

  it("calls a file partial when one of its parts or lenses was not read to the end", () => {
    const changes = changeSetOf([changedFile("a.ts")]);
    const planned = plan([subtask("s1", [whole("a.ts")]), subtask("s2", [whole("a.ts")])]);

    expect(coverageOf(planned, changes, [done("s1"), failed("s2")])).toEqual([
      { path: "a.ts", status: "partial", reason: "s2 failed: overloaded.", subtasks: ["s1", "s2"] },
    ]);
  });

  it("tells a subtask that ended early from one that never began", () => {
    const changes = changeSetOf([changedFile("a.ts"), changedFile("b.ts"), changedFile("c.ts"), changedFile("d.ts")]);
    const planned = plan(["a", "b", "c", "d"].map((name) => subtask(`s-${name}`, [whole(`${name}.ts`)])));
    const outcomes: Outcome[] = [
      { ...MEASURES, subtaskId: "s-a", turns: 3, end: "out-of-budget", limit: "tokens" },
      { ...MEASURES, subtaskId: "s-b", turns: 0, end: "out-of-budget", limit: "money" },
      { ...MEASURES, subtaskId: "s-c", turns: 0, end: "cancelled", reason: "stopped" },
    ];

    expect(coverageOf(planned, changes, outcomes).map(({ status, reason }) => `${status}: ${reason}`)).toEqual([
      "partial: s-a ran out of budget (tokens) before its end.",
      "failed: s-b ran out of budget (money) before it started.",
      "failed: s-c was cancelled before it started: stopped.",
      "failed: s-d never started.",
    ]);
  });

  it("names the lines of hunks that no subtask was given", () => {
    const hunks = [addedHunk(1, ["a"]), addedHunk(10, ["b", "c"]), addedHunk(20, ["d"])];
    const changes = changeSetOf([changedFile("a.ts", { hunks })]);
    const planned = plan([subtask("s1", [{ path: "a.ts", hunks: [0, 2] }])]);

    expect(coverageOf(planned, changes, [done("s1")])).toEqual([
      {
        path: "a.ts",
        status: "partial",
        reason: "Too large for one subagent and not read: lines 10-11.",
        subtasks: ["s1"],
      },
    ]);
  });

  it("never calls a path reviewed that the plan forgot", () => {
    const [entry] = coverageOf(plan([]), changeSetOf([changedFile("a.ts")]), []);

    expect(entry).toMatchObject({ path: "a.ts", status: "failed" });
  });
});
