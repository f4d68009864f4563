export interface RateLimits {
  readonly requestsPerMinute?: number;
  /** Uncached input and cache writes; cache reads are free. */
  readonly inputTokensPerMinute?: number;
  readonly outputTokensPerMinute?: number;
  /** How many seconds' worth a bucket holds: 60 (the default) is a full minute at once, 1 punishes every herd. */
  readonly burstSeconds?: number;
  /** What output is charged at admission: nothing, until the answer is known (the default), or all of `max_tokens`. */
  readonly outputAtStart?: "nothing" | "max_tokens";
}

interface RateDemand {
  readonly input: number;
  readonly maxTokens: number;
}

interface Admission {
  /** Seconds to wait, whole and at least 1; `undefined` when admitted. */
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Charges what the answer really wrote. */
  settle(outputTokens: number): void;
}

/** Token buckets for requests, input and output tokens; each starts full and refills continuously. */
export class RateLimiter {
  readonly #requests: Bucket | undefined;
  readonly #input: Bucket | undefined;
  readonly #output: Bucket | undefined;
  readonly #reservesOutput: boolean;

  constructor(limits: RateLimits, now: number) {
    const burst = limits.burstSeconds ?? 60;
    const bucket = (perMinute: number | undefined) =>
      perMinute === undefined ? undefined : new Bucket(perMinute, (perMinute * burst) / 60, now);
    this.#requests = bucket(limits.requestsPerMinute);
    this.#input = bucket(limits.inputTokensPerMinute);
    this.#output = bucket(limits.outputTokensPerMinute);
    this.#reservesOutput = limits.outputAtStart === "max_tokens";
  }

  admit(demand: RateDemand, now: number): Admission {
    const reserved = this.#reservesOutput ? demand.maxTokens : 0;
    const charges: [Bucket, number][] = [];
    if (this.#requests !== undefined) charges.push([this.#requests, 1]);
    if (this.#input !== undefined) charges.push([this.#input, demand.input]);
    if (this.#output !== undefined) charges.push([this.#output, Math.max(reserved, 1)]);
    const waitMs = Math.max(0, ...charges.map(([bucket, amount]) => bucket.waitMs(amount, now)));
    if (waitMs === 0) for (const [bucket, amount] of charges) bucket.take(amount, now);
    return {
      retryAfterSeconds: waitMs === 0 ? undefined : Math.max(1, Math.ceil(waitMs / 1000)),
      headers: this.#headers(now),
      settle: (outputTokens) => this.#output?.take(outputTokens - Math.max(reserved, 1), now),
    };
  }

  #headers(now: number): Record<string, string> {
    const headers: Record<string, string> = {};
    const say = (name: string, bucket: Bucket) => {
      headers[`anthropic-ratelimit-${name}-limit`] = String(bucket.perMinute);
      headers[`anthropic-ratelimit-${name}-remaining`] = String(Math.max(0, Math.floor(bucket.level(now))));
      headers[`anthropic-ratelimit-${name}-reset`] = new Date(bucket.fullAt(now)).toISOString();
    };
    if (this.#requests !== undefined) say("requests", this.#requests);
    if (this.#input !== undefined) say("input-tokens", this.#input);
    if (this.#output !== undefined) say("output-tokens", this.#output);
    const tokens = [this.#input, this.#output].filter((bucket) => bucket !== undefined);
    const tightest = tokens.toSorted((a, b) => a.level(now) / a.capacity - b.level(now) / b.capacity)[0];
    if (tightest !== undefined) say("tokens", tightest);
    return headers;
  }
}

class Bucket {
  readonly perMinute: number;
  readonly capacity: number;
  #level: number;
  #at: number;

  constructor(perMinute: number, capacity: number, now: number) {
    this.perMinute = perMinute;
    this.capacity = Math.max(1, capacity);
    this.#level = this.capacity;
    this.#at = now;
  }

  level(now: number): number {
    const elapsed = Math.max(0, now - this.#at);
    return Math.min(this.capacity, this.#level + (elapsed * this.perMinute) / 60_000);
  }

  /** What is larger than the bucket goes through when the bucket is full, and leaves it in debt. */
  waitMs(amount: number, now: number): number {
    const missing = Math.min(amount, this.capacity) - this.level(now);
    return missing <= 1e-6 ? 0 : (missing * 60_000) / this.perMinute;
  }

  take(amount: number, now: number): void {
    this.#level = Math.min(this.capacity, this.level(now) - amount);
    this.#at = Math.max(now, this.#at);
  }

  fullAt(now: number): number {
    return Math.ceil(now + ((this.capacity - this.level(now)) * 60_000) / this.perMinute);
  }
}
