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

/** The Messages API's batches cost half of everything (Anthropic's pricing page, October 2026). */
const BATCH_DISCOUNT = 0.5;
/** What a five-minute cache write and a cache read cost of the input price where nobody says otherwise. */
const USUAL_CACHE_WRITE = 1.25;
const USUAL_CACHE_READ = 0.1;

/** A price that somebody set: for models whose id begins with `model`. */
export type PriceOverride = {
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheWrite?: number | undefined;
  readonly cacheRead?: number | undefined;
};

/** An id as Amazon Bedrock writes it: a place, the maker, and the id that everybody else uses. */
const BEDROCK_ID = /^(?:([a-z-]+)\.)?anthropic\./;
/** What a request costs more where it may not leave a region (the clouds' pricing pages, October 2026). */
const REGIONAL = 1.1;

/**
 * What a model costs: by the override, or else the entry of the table, with the longest matching prefix; the dearest known price for
 * a model that has neither.
 * @param isRegional whether it is asked at an address that keeps to a region, where the model's id does not say so
 */
export function priceOf(model: string, overrides: readonly PriceOverride[] = [], isRegional = false): Price {
  const own = longest(overrides.map((override) => override.model).filter((prefix) => model.startsWith(prefix)));
  const override = overrides.findLast((one) => one.model === own);
  if (override !== undefined) return withCache(override);
  const place = BEDROCK_ID.exec(model)?.[1] ?? (BEDROCK_ID.test(model) ? "" : "global");
  const id = model.replace(BEDROCK_ID, "");
  const known = longest(Object.keys(PRICES).filter((prefix) => id.startsWith(prefix)));
  const price = (known === undefined ? undefined : PRICES[known]) ?? UNKNOWN_MODEL;
  return place === "global" && !isRegional ? price : times(price, REGIONAL);
}

function longest(prefixes: readonly string[]): string | undefined {
  return prefixes.toSorted((a, b) => b.length - a.length)[0];
}

function withCache({ input, output, cacheWrite, cacheRead }: PriceOverride): Price {
  return {
    input,
    output,
    cacheWrite: cacheWrite ?? input * USUAL_CACHE_WRITE,
    cacheRead: cacheRead ?? input * USUAL_CACHE_READ,
  };
}

/** The price of the same request in a batch. */
export function batchPrice(price: Price): Price {
  return times(price, BATCH_DISCOUNT);
}

function times(price: Price, factor: number): Price {
  const { longPrompt } = price;
  return {
    ...scaled(price, factor),
    ...(longPrompt === undefined
      ? {}
      : { longPrompt: { above: longPrompt.above, price: scaled(longPrompt.price, factor) } }),
  };
}

function scaled(price: Omit<Price, "longPrompt">, factor: number): Omit<Price, "longPrompt"> {
  const { input, output, cacheWrite, cacheRead } = price;
  return {
    input: input * factor,
    output: output * factor,
    cacheWrite: cacheWrite * factor,
    cacheRead: cacheRead * factor,
  };
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
