import { describe, expect, it } from "vitest";

import { estimateReview } from "../../src/domain/estimate.ts";
import { priceOf } from "../../src/domain/price.ts";
import { aSubtask } from "../support/builders.ts";
import { linesAdded } from "../support/change-builders.ts";

const FILE = linesAdded("a.ts", 200);
const files = new Map([["a.ts", FILE]]);
const price = priceOf("claude-opus-5-5");

function estimateOf(risks: readonly ("light" | "normal" | "deep")[], prefixTokens: number) {
  const subtasks = risks.map((risk, index) =>
    aSubtask({ id: `s${index}`, risk, files: [{ path: "a.ts", hunks: "all" }] }),
  );
  const plan = { subtasks, skipped: [], notes: [], warnings: [] };
  return estimateReview({ plan, files, headText: () => undefined, prefixTokens, price });
}

describe("estimateReview", () => {
  it("has a phase for each depth of reading, whose costs add up", () => {
    const estimate = estimateOf(["light", "deep", "light"], 5_000);

    expect(estimate.phases.map(({ phase, subtasks, requests }) => [phase, subtasks, requests])).toEqual([
      ["review (deep)", 1, 6],
      ["review (light)", 2, 2],
    ]);
    expect(estimate.costUsd).toBeCloseTo(estimate.phases.reduce((sum, { costUsd }) => sum + costUsd, 0));
  });

  it("counts the shared prefix as written once and read by everybody else", () => {
    const one = estimateOf(["light"], 30_000);
    const fifty = estimateOf(
      Array.from({ length: 50 }, () => "light" as const),
      30_000,
    );

    expect(one.usage).toMatchObject({ cacheWriteTokens: 30_000, cacheReadTokens: 0 });
    expect(fifty.usage).toMatchObject({ cacheWriteTokens: 30_000, cacheReadTokens: 49 * 30_000 });
    expect(fifty.usage.inputTokens).toBe(50 * one.usage.inputTokens);
  });

  it("counts a prefix that is too short for the cache as input, every time", () => {
    expect(estimateOf(["light", "light"], 500).usage).toMatchObject({ cacheWriteTokens: 0, cacheReadTokens: 0 });
  });

  it("costs nothing where nothing is read", () => {
    expect(estimateOf([], 500)).toMatchObject({ phases: [], costUsd: 0 });
  });
});
