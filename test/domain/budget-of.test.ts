import { describe, expect, it } from "vitest";

import { budgetOf } from "../../src/domain/budget-of.ts";

describe("the budget of a run", () => {
  it.each([
    ["what the settings say", {}, 3],
    ["what was asked for in their place", { budgetUsd: 20 }, 20],
    ["never more than whoever runs us allows, whoever asks", { budgetUsd: 20, mostUsd: 0.5 }, 0.5],
    ["never more than that by the settings either", { mostUsd: 0.5 }, 0.5],
    ["less where less was asked for", { budgetUsd: 0.2, mostUsd: 0.5 }, 0.2],
  ])("is %s", (_, wish, expected) => {
    expect(budgetOf(wish, { budgetUsd: 3 })).toBe(expected);
  });
});
