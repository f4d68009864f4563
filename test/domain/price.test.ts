import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { batchPrice, costUsd, priceOf, worstCostUsd } from "../../src/domain/price.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";

const usage = { inputTokens: 1_000, outputTokens: 100, cacheReadTokens: 30_000, cacheWriteTokens: 500 };

describe("priceOf", () => {
  it.each([
    ["claude-opus-5-5", 4, 20],
    ["claude-opus-4-8", 5, 25],
    ["claude-sonnet-5-5", 2, 10],
    ["claude-haiku-5-5", 0.1, 0.5],
    ["claude-haiku-4-5-20251001", 1, 5],
    ["claude-fable-5-2", 8, 40],
    ["claude-fable-5-1", 10, 50],
  ])("knows %s", (model, input, output) => {
    expect(priceOf(model)).toMatchObject({ input, output });
  });

  it.each([
    ["global.anthropic.claude-sonnet-5-5", 2],
    ["eu.anthropic.claude-sonnet-5-5", 2.2],
    ["anthropic.claude-sonnet-5-5-v1:0", 2.2],
    ["claude-sonnet-5-5@20260930", 2],
  ])("knows %s as the clouds write it, and what staying in a region costs", (model, input) => {
    expect(priceOf(model).input).toBeCloseTo(input);
  });

  it("knows what staying in a region costs where the id does not say so, and leaves a price that somebody set alone", () => {
    const own = [{ model: "claude-opus", input: 1, output: 2 }];

    expect(priceOf("claude-haiku-5-5", [], true).longPrompt?.price.output).toBeCloseTo(2.75);
    expect(priceOf("claude-sonnet-5-5@20260930", own, true).input).toBeCloseTo(2.2);
    expect(priceOf("eu.anthropic.claude-sonnet-5-5", own, true).input).toBeCloseTo(2.2);
    expect(priceOf("claude-opus-5-5", own, true).input).toBe(1);
  });

  it("takes the dearest price for a model nobody has heard of", () => {
    expect(priceOf("claude-next-9").output).toBe(50);
  });

  it("takes an override before the table, the most specific one, with the usual cache prices where none are given", () => {
    const overrides = [
      { model: "claude-", input: 1, output: 2 },
      { model: "claude-opus", input: 10, output: 20, cacheWrite: 11, cacheRead: 3 },
    ];

    expect(priceOf("claude-opus-5-5", overrides)).toEqual({ input: 10, output: 20, cacheWrite: 11, cacheRead: 3 });
    expect(priceOf("claude-next-9", overrides)).toEqual({ input: 1, output: 2, cacheWrite: 1.25, cacheRead: 0.1 });
  });
});

describe("costUsd", () => {
  it("adds up what each kind of token costs", () => {
    expect(costUsd(priceOf("claude-opus-5-5"), usage)).toBeCloseTo((4_000 + 2_000 + 6_000 + 2_500) / 1e6);
  });

  it("charges the whole request the long-prompt price above its border, cached tokens counted", () => {
    const price = priceOf("claude-haiku-5-5");
    const atBorder = { ...NO_USAGE, inputTokens: 20_000, cacheReadTokens: 80_000, outputTokens: 1_000 };

    expect(costUsd(price, atBorder)).toBeCloseTo((2_000 + 800 + 500) / 1e6);
    expect(costUsd(price, { ...atBorder, cacheReadTokens: 80_001 })).toBeCloseTo((10_000 + 4_000.05 + 2_500) / 1e6);
  });

  it("is half in a batch, long prompts too", () => {
    const price = priceOf("claude-haiku-5-5");
    const long = { ...usage, inputTokens: 200_000 };

    expect(costUsd(batchPrice(price), usage)).toBeCloseTo(costUsd(price, usage) / 2);
    expect(costUsd(batchPrice(price), long)).toBeCloseTo(costUsd(price, long) / 2);
  });

  it("is never more than the worst that was reserved for it", () => {
    const tokens = fc.integer({ min: 0, max: 400_000 });
    fc.assert(
      fc.property(fc.constantFrom("claude-haiku-5-5", "claude-opus-5-5"), tokens, tokens, tokens, (model, a, b, c) => {
        const real = { inputTokens: a, cacheReadTokens: b, cacheWriteTokens: c, outputTokens: 900 };
        const price = priceOf(model);

        expect(costUsd(price, real)).toBeLessThanOrEqual(worstCostUsd(price, 2 * (a + b + c), 1_000) + 1e-9);
      }),
    );
  });
});
