import { readLimits } from "../../src/adapters/claude/read-limits.ts";
import { ExternalError } from "../../src/domain/errors.ts";
import type { RateLimits } from "../../src/domain/rate-limits.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";
import type { Model, Turn, TurnRequest } from "../../src/ports/model.ts";
import { RateLimiter, type RateLimits as Limits } from "../../src/standin/claude/rate-limit.ts";
import type { ManualClock } from "./manual-clock.ts";

export type SimulatedOptions = {
  readonly limits?: Limits;
  /** How long a request is on its way; a refusal is heard twice as late. */
  readonly wayMs?: number;
  readonly ttftMs?: number;
  /** From the first event to the end. */
  readonly restMs?: number;
  readonly outputTokens?: number;
  readonly prefixTokens?: number;
  readonly inputTokens?: number;
  /** What goes wrong with a request in place of an answer, or in its middle when it is an error with usage. */
  readonly fault?: (request: TurnRequest, index: number) => ExternalError | undefined;
};

export type Seen = {
  readonly task: string;
  readonly atMs: number;
  endedMs: number;
  status: "open" | "answered" | "refused" | "failed" | "aborted";
};

/** A service with token buckets and latencies, in simulated time: what an account under a rate limit looks like from outside. */
export class SimulatedService implements Model {
  readonly seen: Seen[] = [];
  maxInFlight = 0;
  #inFlight = 0;
  #warm = false;
  readonly #clock: ManualClock;
  readonly #options: SimulatedOptions;
  readonly #limiter: RateLimiter;

  constructor(clock: ManualClock, options: SimulatedOptions = {}) {
    this.#clock = clock;
    this.#options = options;
    this.#limiter = new RateLimiter(options.limits ?? {}, clock.now());
  }

  get refused(): number {
    return this.seen.filter(({ status }) => status === "refused").length;
  }

  async turn(request: TurnRequest, signal: AbortSignal): Promise<Turn> {
    const seen: Seen = { task: taskOf(request), atMs: this.#clock.now(), endedMs: Number.NaN, status: "open" };
    this.seen.push(seen);
    this.#inFlight += 1;
    this.maxInFlight = Math.max(this.maxInFlight, this.#inFlight);
    try {
      const turn = await this.#answer(request, this.seen.length, signal);
      seen.status = "answered";
      return turn;
    } catch (error) {
      seen.status = signal.aborted
        ? "aborted"
        : error instanceof ExternalError && error.fault === "rate-limit"
          ? "refused"
          : "failed";
      throw error;
    } finally {
      this.#inFlight -= 1;
      seen.endedMs = this.#clock.now();
    }
  }

  async #answer(request: TurnRequest, index: number, signal: AbortSignal): Promise<Turn> {
    const {
      ttftMs = 1_000,
      restMs = 1_250,
      outputTokens = 100,
      prefixTokens = 0,
      inputTokens = 100,
      wayMs = 0,
    } = this.#options;
    const fault = this.#options.fault?.(request, index);
    if (fault !== undefined && fault.usage === undefined) throw fault;
    if (wayMs > 0) await this.#clock.sleep(wayMs, signal);
    const input = inputTokens + (this.#warm ? 0 : prefixTokens);
    const admission = this.#limiter.admit({ input, maxTokens: request.maxOutputTokens }, this.#clock.now());
    const limits: RateLimits = readLimits(new Headers(admission.headers), this.#clock.now());
    if (admission.retryAfterSeconds !== undefined) {
      if (wayMs > 0) await this.#clock.sleep(wayMs, signal);
      throw new ExternalError("Claude", "Claude answered 429", {
        retryable: true,
        fault: "rate-limit",
        retryAfterMs: admission.retryAfterSeconds * 1_000,
        limits,
      });
    }
    await this.#clock.sleep(ttftMs, signal);
    this.#warm = true;
    request.onLimits?.(limits);
    request.onFirstEvent?.();
    await this.#clock.sleep(restMs, signal);
    admission.settle(outputTokens);
    if (fault !== undefined) throw fault;
    const usage = { ...NO_USAGE, inputTokens: input, outputTokens };
    return { text: "", calls: [], stop: "end", usage, replay: undefined };
  }
}

export function simulatedRequest(task: string, over: Partial<TurnRequest> = {}): TurnRequest {
  return {
    model: "claude-sonnet-5-5",
    system: "system",
    prefix: "",
    messages: [{ role: "user", text: task }],
    tools: [],
    maxOutputTokens: 8_000,
    effort: undefined,
    ...over,
  };
}

function taskOf({ messages }: TurnRequest): string {
  const [first] = messages;
  return first?.role === "user" ? first.text : "";
}
