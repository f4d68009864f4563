/** One limit of a provider: `limit` per minute, of which `remaining` could be used at once when it said so. */
export type RateLimit = {
  readonly limit: number;
  readonly remaining: number;
  /** When it is whole again if nothing more is used, in milliseconds since the epoch; undefined when not said. */
  readonly resetMs: number | undefined;
};

/** The limits that a provider named with an answer; a limit that it did not name is absent. */
export type RateLimits = {
  readonly requests?: RateLimit;
  /** Tokens that were not read from the cache. */
  readonly inputTokens?: RateLimit;
  readonly outputTokens?: RateLimit;
};
