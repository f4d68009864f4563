import type { ExternalError } from "../../domain/errors.ts";

/** The longest wait a provider may ask for; beyond it the run goes on without that provider. */
export const LONGEST_HOLD_MS = 60_000;

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** Times one turn is sent again after each kind of failure; the budgets are separate, as the causes are. */
const RETRIES = { "rate-limit": 8, overloaded: 6, other: 3 } as const;

/** Decides for one turn how often it is sent again. `random` gives numbers in 0..1. */
export interface RetryPolicy {
  /** Milliseconds to wait before the turn is sent again (full jitter); undefined when it is not. */
  next(error: ExternalError): number | undefined;
}

export function retryPolicy(random: () => number): RetryPolicy {
  const used = { "rate-limit": 0, overloaded: 0, other: 0 };
  return {
    next(error) {
      if (!error.retryable || (error.retryAfterMs ?? 0) > LONGEST_HOLD_MS) return undefined;
      const kind = error.fault === "rate-limit" || error.fault === "overloaded" ? error.fault : "other";
      if (used[kind] >= RETRIES[kind]) return undefined;
      const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** used[kind]);
      used[kind] += 1;
      // Where the provider says when, all lanes wait for that together, and the gate spreads them.
      return error.retryAfterMs === undefined ? random() * ceiling : 0;
    },
  };
}
