import { describe, expect, it } from "vitest";

import { coverageOf } from "../../src/domain/coverage-ledger.ts";
import type { Outcome, Subtask } from "../../src/domain/subtask.ts";
import type { Investigate } from "../../src/flow/investigate.ts";
import { planAsCarriedOut, splitOnOverflow } from "../../src/flow/split-on-overflow.ts";
import { aClaim, anOutcome, aSubtask } from "../support/builders.ts";
import { addedHunk, changedFile, changeSetOf, linesAdded } from "../support/change-builders.ts";

const never = new AbortController().signal;
const FILES = [
  linesAdded("a.ts", 100),
  linesAdded("b.ts", 100),
  changedFile("c.ts", { hunks: [10, 200, 400, 600].map((start) => addedHunk(start, ["x"], `f${start}`)) }),
];
const change = { files: new Map(FILES.map((file) => [file.path, file])), headText: () => undefined };
const usage = { inputTokens: 10, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };

const overflow = (subtask: Subtask, over: Partial<Outcome> = {}): Outcome => ({
  ...anOutcome({ subtaskId: subtask.id, usage, costUsd: 1 }),
  ...over,
  end: "out-of-budget",
  limit: "context",
});

/** A model that holds at most so many files or hunks. */
function holding(most: number, seen: Subtask[]): Investigate {
  return async (subtask) => {
    seen.push(subtask);
    const size = subtask.files.reduce((sum, { hunks }) => sum + (hunks === "all" ? 1 : hunks.length), 0);
    const outcome =
      size > most ? overflow(subtask) : anOutcome({ subtaskId: subtask.id, usage, costUsd: 1, claims: [aClaim()] });
    return { outcome, unanalysed: [] };
  };
}

const ofAll = aSubtask({ files: FILES.map(({ path }) => ({ path, hunks: "all" })) });
const ofHunks = aSubtask({ id: "s2", files: [{ path: "c.ts", hunks: [0, 1, 2, 3] }], dependsOn: ["s1"] });

describe("splitOnOverflow", () => {
  it("leaves a subtask alone that fits", async () => {
    const seen: Subtask[] = [];

    const { parts } = await splitOnOverflow(holding(9, seen), change)(ofAll, never, []);

    expect(parts).toBeUndefined();
    expect(seen).toEqual([ofAll]);
  });

  it("halves between files, and within a file between hunks, until the pieces fit", async () => {
    const seen: Subtask[] = [];
    const investigate = splitOnOverflow(holding(1, seen), change);

    const files = await investigate(ofAll, never, []);
    const hunks = await investigate(ofHunks, never, []);

    const pieces = [files, hunks].map(({ parts }) => parts?.flatMap(({ subtask }) => subtask.files));
    expect(pieces[0]).toEqual(ofAll.files);
    expect(pieces[1]).toEqual([0, 1, 2, 3].map((index) => ({ path: "c.ts", hunks: [index] })));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  });

  it("counts what every try has cost, and ends as its worst part did", async () => {
    const { outcome, parts } = await splitOnOverflow(holding(1, []), change)(ofHunks, never, []);

    expect(parts?.map((part) => part.outcome.end)).toEqual(["done", "done", "done", "done"]);
    expect(outcome).toMatchObject({ subtaskId: "s2", end: "done", costUsd: 7, usage: { inputTokens: 70 } });
    expect(outcome.claims).toHaveLength(4);
  });

  it("gives up where there is nothing left to split", async () => {
    const seen: Subtask[] = [];
    const one = aSubtask({ files: [{ path: "c.ts", hunks: [2] }] });

    const { outcome } = await splitOnOverflow(holding(0, seen), change)(one, never, []);

    expect(outcome).toMatchObject({ end: "out-of-budget", limit: "context" });
    expect(seen).toHaveLength(1);
  });

  it("halves three times at most", async () => {
    const seen: Subtask[] = [];
    const many = changedFile("d.ts", { hunks: Array.from({ length: 64 }, (_, index) => addedHunk(index * 50, ["x"])) });
    const bigger = { files: new Map([["d.ts", many]]), headText: () => undefined };

    await splitOnOverflow(holding(0, seen), bigger)(aSubtask({ files: [{ path: "d.ts", hunks: "all" }] }), never, []);

    expect(seen).toHaveLength(1 + 2 + 4 + 8);
  });

  it("keeps what the model had reported before it overflowed", async () => {
    const claims = [aClaim({ title: "before" }), aClaim({ title: "a rule's", source: "rule", ruleId: "r" })];
    const investigate: Investigate = async (subtask) => ({
      outcome: subtask.id === "s1" ? overflow(subtask, { claims }) : anOutcome({ subtaskId: subtask.id }),
      unanalysed: [],
    });

    const { outcome } = await splitOnOverflow(investigate, change)(ofAll, never, []);

    expect(outcome.claims).toMatchObject([{ title: "before" }]);
  });
});

describe("planAsCarriedOut", () => {
  it("puts parts in the place of what was split, so that coverage is that of each file", async () => {
    const plan = { subtasks: [ofAll, { ...ofHunks, files: [] }], skipped: [], notes: [], warnings: [] };
    const investigate = splitOnOverflow(async (subtask) => {
      if (subtask.id === "s1") return { outcome: overflow(subtask), unanalysed: [] };
      const outcome = anOutcome({ subtaskId: subtask.id });
      return {
        outcome: subtask.id === "s1.2" ? { ...outcome, end: "refused", reason: "no" } : outcome,
        unanalysed: [],
      };
    }, change);
    const investigations = await Promise.all(plan.subtasks.map((subtask) => investigate(subtask, never, [])));

    const carriedOut = planAsCarriedOut(plan, investigations);

    expect(carriedOut.plan.subtasks.map(({ id }) => id)).toEqual(["s1.1", "s1.2", "s2"]);
    expect(carriedOut.outcomes.map(({ subtaskId }) => subtaskId)).toEqual(["s1.1", "s1.2", "s2"]);
    expect(carriedOut.plan.subtasks.at(-1)?.dependsOn).toEqual(["s1.1", "s1.2"]);
    const coverage = coverageOf(carriedOut.plan, changeSetOf(FILES), carriedOut.outcomes);
    const refused = carriedOut.plan.subtasks[1]?.files.map(({ path }) => path) ?? [];
    expect(refused.length).toBeGreaterThan(0);
    expect(coverage.map(({ path, status }) => (status === "reviewed") !== refused.includes(path))).toEqual([
      true,
      true,
      true,
    ]);
  });
});
