import { describe, expect, it } from "vitest";

import type { ChangedFile } from "../../src/domain/diff.ts";
import type { Lens } from "../../src/domain/lens.ts";
import { phaseOf } from "../../src/domain/phase.ts";
import { planReview } from "../../src/domain/plan-review.ts";
import type { Plan } from "../../src/domain/plan.ts";
import { Settings } from "../../src/domain/settings.ts";
import { addedHunk, changedFile, changeSetOf, linesAdded, replacedHunk } from "../support/change-builders.ts";

function planOf(
  files: readonly ChangedFile[],
  facts: { quality?: object; lenses?: readonly Lens[]; engine?: "rules"; profiles?: unknown } = {},
): Plan {
  return planReview({
    changeSet: changeSetOf(files),
    headText: () => undefined,
    engine: facts.engine ?? "claude",
    settings: Settings.parse({ quality: facts.quality ?? {}, profiles: facts.profiles ?? [] }),
    lenses: facts.lenses ?? [],
  });
}
const lensesOf = (plan: Plan): readonly string[] => plan.subtasks.map(({ lens }) => lens);
const OFF = { gapPass: "off", contractPass: "off" };
const MIGRATION = changedFile("db/migrations/1.sql", {
  hunks: [addedHunk(1, ["ALTER TABLE orders DROP COLUMN note;"])],
});

describe("finders of what is read in depth", () => {
  it("look at data where the change does, at concurrency elsewhere", () => {
    const session = linesAdded("src/auth/session.ts", 40);

    expect(lensesOf(planOf([MIGRATION], { quality: OFF }))).toEqual(["correctness", "security", "data"]);
    expect(lensesOf(planOf([session], { quality: OFF }))).toEqual(["correctness", "security", "concurrency"]);
  });

  it("are as many as the settings say, and one is as everywhere", () => {
    expect(lensesOf(planOf([MIGRATION], { quality: { ...OFF, finders: 5 } }))).toEqual([
      "correctness",
      "security",
      "data",
      "concurrency",
      "contracts",
    ]);
    expect(lensesOf(planOf([MIGRATION], { quality: { ...OFF, finders: 1 } }))).toEqual(["correctness"]);
  });

  it("are those of the profile where it names some", () => {
    const profiles = [{ paths: ["db/**"], depth: "deep", lenses: ["tests"] }];

    expect(lensesOf(planOf([MIGRATION], { quality: OFF, profiles }))).toEqual(["tests"]);
  });

  it("have the repository's own lens for their paths beside them", () => {
    const own = [
      { name: "ledger", lookFor: "x", doNotFlag: "", paths: ["src/ledger/**"], tools: ["Read"], maxTurns: 3 },
      { name: "unasked", lookFor: "x", doNotFlag: "" },
    ] as const;

    const plan = planOf([linesAdded("src/ledger/a.ts", 50), linesAdded("docs/a.md", 500)], {
      quality: { ...OFF, finders: 1 },
      lenses: own,
    });

    expect(plan.subtasks.map(({ lens, tools, budget }) => [lens, tools.length, budget.turns])).toEqual([
      ["correctness", 4, 24],
      ["ledger", 2, 3],
      ["correctness", 4, 2],
    ]);
  });

  it("are one for the rules, which see the same with every lens", () => {
    expect(planOf([MIGRATION], { engine: "rules" }).subtasks).toHaveLength(1);
  });
});

describe("passes after the finders", () => {
  it("look for gaps in groups of a hundred lines and more, but not where it is looked at lightly", () => {
    const plan = planOf([linesAdded("src/a.ts", 100), linesAdded("docs/c.md", 900)]);
    const smaller = planOf([linesAdded("src/a.ts", 99)]);

    const gaps = plan.subtasks.filter((subtask) => phaseOf(subtask) === "gap");
    expect(gaps.map(({ description, wave, dependsOn }) => [description, wave, dependsOn])).toEqual([
      ["src/a.ts, gap pass", 1, ["s1"]],
    ]);
    expect(plan.notes).toContain("3 subtasks in two waves: 1 of them wait for what others find.");
    expect(smaller.subtasks.map(phaseOf)).toEqual(["finder"]);
  });

  it("look at callers when an exported declaration changed, also in a removed file", () => {
    const changed = changedFile("src/a.ts", {
      hunks: [replacedHunk(1, ["export const a = 1;"], ["export const a = 2;"])],
    });
    const removed = changedFile("src/gone.ts", {
      status: "removed",
      hunks: [replacedHunk(1, ["export function gone() {"], [])],
    });

    const plan = planOf([changed, removed]);

    expect(plan.subtasks.at(-1)).toMatchObject({
      phase: "contract",
      description: "callers of a, gone",
      files: [{ path: "src/a.ts" }],
      dependsOn: [],
    });
    expect(plan.skipped.map(({ path }) => path)).toEqual(["src/gone.ts"]);
  });
});
