import type { Usage } from "./usage.ts";

/** US dollars per million tokens. Cache writes are the five-minute kind. */
export type Price = {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
  /** Every token of a request costs this once its whole prompt is longer than `above` tokens. */
  readonly longPrompt?: { readonly above: number; readonly price: Omit<Price, "longPrompt"> };
};

const OPUS_5_5: Price = { input: 4, output: 20, cacheWrite: 5, cacheRead: 0.2 };
const SONNET_5_5: Price = { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.1 };
const OPUS_LEGACY: Price = { input: 5, output: 25, cacheWrite: 6.25, cacheRead: 0.5 };
const HAIKU_5_5: Price = {
  input: 0.1,
  output: 0.5,
  cacheWrite: 0.125,
  cacheRead: 0.01,
  longPrompt: { above: 100_000, price: { input: 0.5, output: 2.5, cacheWrite: 0.625, cacheRead: 0.05 } },
};

/**
 * By model id prefix; the longest prefix that matches counts. Compared with Anthropic's pricing page of October 2026 on
 * 2026-11-22.
 */
const PRICES: Readonly<Record<string, Price>> = {
  "claude-fable-5-2": { input: 8, output: 40, cacheWrite: 10, cacheRead: 0.2 },
  "claude-fable-5": { input: 10, output: 50, cacheWrite: 12.5, cacheRead: 0.25 },
  "claude-opus-5-5": OPUS_5_5,
  "claude-opus-5": OPUS_LEGACY,
  "claude-opus-4": OPUS_LEGACY,
  "claude-sonnet-5-5": SONNET_5_5,
  "claude-sonnet-5": { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.2 },
  "claude-sonnet-4": { input: 3, output: 15, cacheWrite: 3.75, cacheRead: 0.3 },
  "claude-haiku-5-5": HAIKU_5_5,
  "claude-haiku-4-5": { input: 1, output: 5, cacheWrite: 1.25, cacheRead: 0.1 },
};

/** The price of an unlisted model: the dearest we know, so that a budget errs on the safe side. */
const UNKNOWN_MODEL: Price = { input: 10, output: 50, cacheWrite: 12.5, cacheRead: 0.25 };

/** What a model costs; the dearest known price for a model that is not in the table. */
export function priceOf(model: string): Price {
  const known = Object.keys(PRICES)
    .filter((prefix) => model.startsWith(prefix))
    .toSorted((a, b) => b.length - a.length)[0];
  return (known === undefined ? undefined : PRICES[known]) ?? UNKNOWN_MODEL;
}

/** What one request cost. Not additive over requests where a model has a long-prompt price. */
export function costUsd(price: Price, usage: Usage): number {
  const prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const rate = price.longPrompt !== undefined && prompt > price.longPrompt.above ? price.longPrompt.price : price;
  return (
    (usage.inputTokens * rate.input +
      usage.outputTokens * rate.output +
      usage.cacheWriteTokens * rate.cacheWrite +
      usage.cacheReadTokens * rate.cacheRead) /
    1_000_000
  );
}

/** Bytes of text per token at the very least; code in today's tokenizers has about three. */
const BYTES_PER_TOKEN = 2;

/** The most that one request can cost: its text as dense as text gets, none of it cached, and all the output it may write. */
export function worstCostUsd(price: Price, promptBytes: number, maxOutputTokens: number): number {
  const inputTokens = Math.ceil(promptBytes / BYTES_PER_TOKEN);
  return costUsd(price, {
    inputTokens: 0,
    outputTokens: maxOutputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: inputTokens,
  });
}
