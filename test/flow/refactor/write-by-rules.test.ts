import { describe, expect, it } from "vitest";

import { RecipeFields } from "../../../src/domain/recipe.ts";
import type { RefactorResult } from "../../../src/domain/refactor-result.ts";
import { prepareRefactor } from "../../../src/flow/refactor/prepare-refactor.ts";
import { runRefactor } from "../../../src/flow/refactor/run-refactor.ts";
import { foreseeByRules, writeByRules } from "../../../src/flow/refactor/write-by-rules.ts";
import type { Rewriter } from "../../../src/ports/rewriter.ts";
import { fakeChecker } from "../../support/fake-checker.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";

const never = new AbortController().signal;
const recipe = { ...RecipeFields.parse({ goal: "Give two for one" }), name: "two", instructions: "" };
const clock = { now: () => 0, sleep: async () => Promise.resolve() };

/** One rule that writes two for one, and one that asks about three. */
const rewriter: Rewriter = {
  async rewrite({ path, text }) {
    const places = text.split("one").length - 1;
    return {
      path,
      text: text.replaceAll("one", "two"),
      applied: places === 0 ? [] : [{ ruleId: "two", what: "two for one", why: "", places }],
      questions: text.includes("three") ? [{ ruleId: "three", line: 1, message: "what of three" }] : [],
    };
  },
};

async function refactored(files: Readonly<Record<string, string>>): Promise<RefactorResult> {
  const base = memorySnapshot(files);
  const prepared = await prepareRefactor(base, { recipe, files: ["**"], foresee: foreseeByRules(rewriter) }, never);
  const write = writeByRules({ base, named: prepared.named, rewriter, clock });
  const parts = { engine: "rules", write, asksAgain: false, checker: fakeChecker(), concurrency: 4, clock } as const;
  return runRefactor(prepared, { ...parts, journal: { write: () => undefined } }, never, never);
}

describe("a refactor by rules", () => {
  it("reaches the files its rules touch behind hundreds they do not, and says where a person has to decide", async () => {
    const others = Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`a${index}.ts`, "four\n"]));

    const result = await refactored({ ...others, "y.ts": "one or three\n", "z.ts": "one\n" });

    expect(result.edits).toEqual([expect.objectContaining({ path: "z.ts", text: "two\n" })]);
    expect(result.leftOut).toEqual([
      { path: "y.ts", status: "skipped", reason: "Needs a person: line 1: what of three." },
    ]);
    expect(result.plan.subtasks).toHaveLength(2);
    expect(result.plan.skipped).toHaveLength(700);
    expect(new Set(result.plan.skipped.map(({ reason }) => reason))).toEqual(
      new Set(["None of the rules applies to it."]),
    );
  });

  it("has nothing to do where no rule touches anything", async () => {
    const result = await refactored({ "a.ts": "four\n" });

    expect(result).toMatchObject({ conclusion: "nothing-to-do", edits: [], leftOut: [] });
    expect(result.plan.skipped).toEqual([{ path: "a.ts", reason: "None of the rules applies to it." }]);
  });
});
