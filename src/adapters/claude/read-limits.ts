import type { RateLimit, RateLimits } from "../../domain/rate-limits.ts";

/** Clocks that are apart by less say nothing: `date` counts whole seconds, and headers take their time. */
const SAME_TIME_MS = 2_000;

/**
 * The `anthropic-ratelimit-*` headers of an answer or a refusal that came at `nowMs`; a limit whose headers are absent or unreadable is
 * absent. Times are told by our clock, where the service's is another.
 */
export function readLimits(headers: Headers, nowMs: number): RateLimits {
  const aheadMs = Date.parse(headers.get("date") ?? "") - nowMs;
  const clockMs = Math.abs(aheadMs) > SAME_TIME_MS ? aheadMs : 0;
  const requests = readLimit(headers, "requests", clockMs);
  const inputTokens = readLimit(headers, "input-tokens", clockMs);
  const outputTokens = readLimit(headers, "output-tokens", clockMs);
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  };
}

function readLimit(headers: Headers, name: string, clockMs: number): RateLimit | undefined {
  const limit = numberIn(headers, `anthropic-ratelimit-${name}-limit`);
  const remaining = numberIn(headers, `anthropic-ratelimit-${name}-remaining`);
  if (limit === undefined || limit <= 0 || remaining === undefined) return undefined;
  const resetMs = Date.parse(headers.get(`anthropic-ratelimit-${name}-reset`) ?? "");
  return { limit, remaining: Math.max(0, remaining), resetMs: Number.isNaN(resetMs) ? undefined : resetMs - clockMs };
}

/** How long the service asks to be left alone; undefined when it does not say, or not in a way that can be read. */
export function readRetryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const inMs = numberIn(headers, "retry-after-ms");
  if (inMs !== undefined) return Math.max(0, inMs);
  const inSeconds = numberIn(headers, "retry-after");
  if (inSeconds !== undefined) return Math.max(0, inSeconds * 1_000);
  const date = Date.parse(headers.get("retry-after") ?? "");
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name)?.trim() ?? "";
  const number = Number(text);
  return text === "" || !Number.isFinite(number) ? undefined : number;
}
