import type { FaultAnswer } from "./faults.ts";
import { DOCUMENTATION } from "./http/answer.ts";

/** The primary limit of one token. */
export interface RateLimit {
  readonly limit: number;
  used: number;
  /** Seconds since the epoch. */
  resetAt: number;
}

export function rateLimitHeaders(rate: RateLimit): Record<string, string> {
  return {
    "x-ratelimit-limit": String(rate.limit),
    "x-ratelimit-remaining": String(Math.max(0, rate.limit - rate.used)),
    "x-ratelimit-used": String(rate.used),
    "x-ratelimit-reset": String(rate.resetAt),
    "x-ratelimit-resource": "core",
  };
}

/** The answer of a used-up primary limit. @param resetAt seconds since the epoch. */
export function primaryRateLimit(resetAt: number, status: 403 | 429 = 403): FaultAnswer {
  return {
    status,
    headers: {
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(resetAt),
      "x-ratelimit-resource": "core",
    },
    body: {
      message: "API rate limit exceeded for installation ID 1.",
      documentation_url: `${DOCUMENTATION}/overview/rate-limits-for-the-rest-api`,
      status: String(status),
    },
  };
}

/** The answer of a secondary limit. @param retryAfterSeconds undefined leaves the header out, as GitHub sometimes does. */
export function secondaryRateLimit(retryAfterSeconds?: number, status: 403 | 429 = 403): FaultAnswer {
  return {
    status,
    ...(retryAfterSeconds === undefined ? {} : { headers: { "retry-after": String(retryAfterSeconds) } }),
    body: {
      message:
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. " +
        "For more on scraping GitHub and how it may affect your rights, please review our Terms of Service.",
      documentation_url: `${DOCUMENTATION}/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits`,
      status: String(status),
    },
  };
}
