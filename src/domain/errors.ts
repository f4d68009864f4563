/** The user can mend it, and the message says how. Ends a run with exit code 2 and no stack. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/** The outside systems that can fail on us. */
export type ExternalSystem = "GitHub" | "Claude" | "git" | "rules";

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

  constructor(
    system: ExternalSystem,
    message: string,
    options: {
      readonly retryable?: boolean;
      readonly fatal?: boolean;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.system = system;
    this.retryable = options.retryable ?? false;
    this.fatal = options.fatal ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** One line that says what went wrong, for any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
