import type { RateLimits } from "./rate-limits.ts";
import type { Usage } from "./usage.ts";

/** The user can mend it, and the message says how. Ends a run with exit code 2 and no stack. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/** The outside systems that can fail on us. */
export type ExternalSystem = "GitHub" | "Claude" | "git" | "rules" | "PostgreSQL";

/**
 * What kind of failure it was, where it makes a difference to what is done next. `rate-limit`: we asked too much. `overloaded`: others
 * did as well. `too-long`: the same request can never fit. `broken`: an answer had begun and did not reach its end.
 */
export const EXTERNAL_FAULTS = ["rate-limit", "overloaded", "too-long", "broken"] as const;
export type ExternalFault = (typeof EXTERNAL_FAULTS)[number];

/** An outside system failed or refused. Ends a run with exit code 3; the adapter has already retried what can be retried. */
export class ExternalError extends Error {
  override readonly name = "ExternalError";
  readonly system: ExternalSystem;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** True when every further call will fail the same way (authentication, billing, unknown model): stop the whole run. */
  readonly fatal: boolean;
  /** How long the system asked us to wait; undefined when it did not say. */
  readonly retryAfterMs: number | undefined;
  readonly fault: ExternalFault | undefined;
  /** What the failed call is billed, as far as it is known; undefined when nothing is. */
  readonly usage: Usage | undefined;
  /** The limits that the system named with its refusal. */
  readonly limits: RateLimits | undefined;

  constructor(
    system: ExternalSystem,
    message: string,
    options: {
      readonly retryable?: boolean;
      readonly fatal?: boolean;
      readonly retryAfterMs?: number | undefined;
      readonly fault?: ExternalFault | undefined;
      readonly usage?: Usage | undefined;
      readonly limits?: RateLimits | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.system = system;
    this.retryable = options.retryable ?? false;
    this.fatal = options.fatal ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.fault = options.fault;
    this.usage = options.usage;
    this.limits = options.limits;
  }
}

/** One line that says what went wrong, for any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
