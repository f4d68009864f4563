import type { APIError } from "@anthropic-ai/sdk";

import { ExternalError, type ExternalFault, errorMessage } from "../../domain/errors.ts";
import type { Usage } from "../../domain/usage.ts";
import type { Dialect } from "./dialect.ts";
import { readLimits, readRetryAfterMs } from "./read-limits.ts";
import type { Sdk } from "./sdk.ts";
import { translateLoginError } from "./translate-login-error.ts";

/** Error types after which every further call would fail the same way. Not found is an unknown model; nothing else we call can be missing. */
const FATAL_TYPES: ReadonlySet<string> = new Set([
  "authentication_error",
  "billing_error",
  "permission_error",
  "not_found_error",
]);
const FATAL_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 404]);
/** How a spent account is told from a bad request: both are a 400 `invalid_request_error`. */
const OUT_OF_MONEY = /credit balance|usage limits?|spend(?:ing)? limit/i;
/** How Bedrock says that there is no such model: as a bad request. */
const NO_SUCH_MODEL = /model identifier is invalid|on-demand throughput isn.t supported/i;
/** A 400 that only a shorter prompt can mend. */
const TOO_LONG = /prompt is too long|exceed(?:s|ed)? (?:the )?(?:maximum )?context|context window/i;
const PASSING_TYPES: ReadonlySet<string> = new Set([
  "overloaded_error",
  "api_error",
  "rate_limit_error",
  "timeout_error",
]);
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 409, 429]);

/** How far the answer had come when it failed. */
export type Broken = {
  /** What was billed until then; undefined before the answer's first event. */
  readonly usage: Usage | undefined;
  /** Set when the idle watchdog ended it. */
  readonly silentMs: number | undefined;
};

/** What the SDK threw, as an ExternalError whose text has no prompt, header or key in it. */
export function translateError(
  error: unknown,
  dialect: Dialect,
  { usage, silentMs }: Broken,
  sdk: Pick<Sdk, "APIConnectionError" | "APIError" | "AnthropicError">,
): ExternalError {
  const begun = usage === undefined ? {} : ({ usage, fault: "broken" } as const);
  const { name } = dialect;
  if (silentMs !== undefined) {
    const text = `${name} sent nothing for ${Math.round(silentMs / 1000)} s`;
    return new ExternalError("Claude", text, { ...begun, fault: "broken", retryable: true, cause: error });
  }
  const login = translateLoginError(error, dialect, sdk);
  if (login !== undefined) return login;
  if (error instanceof sdk.APIConnectionError) {
    return new ExternalError("Claude", `${name} could not be reached`, { ...begun, retryable: true, cause: error });
  }
  if (error instanceof sdk.APIError) return fromApiError(error, dialect, usage);
  // A stream that ended early or broke is a bare AnthropicError or a network error: the turn can be asked for again.
  const retryable = error instanceof sdk.AnthropicError || error instanceof TypeError || error instanceof DOMException;
  const text = `Claude's answer broke off: ${errorMessage(error)}`;
  return new ExternalError("Claude", text, { ...begun, fault: "broken", retryable, cause: error });
}

function fromApiError(error: APIError, { name, refused }: Dialect, usage: Usage | undefined): ExternalError {
  // An error event inside a stream has a type and no status.
  const status = typeof error.status === "number" ? error.status : undefined;
  const type = error.type ?? "";
  const said = error.apiMessage ?? errorMessage(error);
  const fault = faultOf(status, type, said) ?? (usage === undefined ? undefined : "broken");
  const fatal =
    FATAL_TYPES.has(type) ||
    (status !== undefined && FATAL_STATUSES.has(status)) ||
    (status === 400 && (OUT_OF_MONEY.test(said) || NO_SUCH_MODEL.test(said)));
  const passes = PASSING_TYPES.has(type) || status === undefined || status >= 500 || PASSING_STATUSES.has(status);
  const headers = error.headers instanceof Headers ? error.headers : new Headers();
  const isRefused = status === 401 || status === 403;
  const text = isRefused
    ? `${name} refused the credentials: ${refused} (${said})`
    : `${name} answered ${status ?? type}: ${said}`;
  return new ExternalError("Claude", text, {
    fatal,
    retryable: !fatal && passes && fault !== "too-long",
    retryAfterMs: readRetryAfterMs(headers, Date.now()),
    limits: readLimits(headers, Date.now()),
    fault,
    usage,
    cause: error,
  });
}

function faultOf(status: number | undefined, type: string, said: string): ExternalFault | undefined {
  if (status === 429 || type === "rate_limit_error") return "rate-limit";
  if (status === 529 || type === "overloaded_error") return "overloaded";
  if (status === 413 || (status === 400 && TOO_LONG.test(said))) return "too-long";
  return undefined;
}
