import { APIConnectionError, APIError, AnthropicError } from "@anthropic-ai/sdk";

import { ExternalError, errorMessage } from "../../domain/errors.ts";

/** Error types after which every further call would fail the same way. */
const FATAL_TYPES: ReadonlySet<string> = new Set(["authentication_error", "billing_error", "permission_error"]);
const FATAL_STATUSES: ReadonlySet<number> = new Set([401, 402, 403]);
const RETRYABLE_TYPES: ReadonlySet<string> = new Set([
  "overloaded_error",
  "api_error",
  "rate_limit_error",
  "timeout_error",
]);

/** What the SDK threw, as an ExternalError whose text has no prompt, header or key in it. */
export function translateError(error: unknown, idleTimeoutMs: number | undefined): ExternalError {
  if (idleTimeoutMs !== undefined) {
    return new ExternalError("Claude", `Claude sent nothing for ${Math.round(idleTimeoutMs / 1000)} s`, {
      retryable: true,
      cause: error,
    });
  }
  if (error instanceof APIConnectionError) {
    return new ExternalError("Claude", "Claude could not be reached", { retryable: true, cause: error });
  }
  if (error instanceof APIError) return fromApiError(error);
  // A stream that ended early or broke is a bare AnthropicError or a network error: the turn can be asked for again.
  const retryable = error instanceof AnthropicError || error instanceof TypeError || error instanceof DOMException;
  return new ExternalError("Claude", `Claude's answer broke off: ${errorMessage(error)}`, { retryable, cause: error });
}

function fromApiError(error: APIError): ExternalError {
  const status = typeof error.status === "number" ? error.status : undefined;
  const type = error.type ?? "";
  const said = error.apiMessage ?? errorMessage(error);
  if (status === 401) {
    return new ExternalError("Claude", `Claude refused the API key: check anthropic-api-key (${said})`, {
      fatal: true,
      cause: error,
    });
  }
  // An unknown model is a 404 with this type; so is nothing else that we call.
  const fatal = FATAL_TYPES.has(type) || (status !== undefined && FATAL_STATUSES.has(status)) || status === 404;
  const retryable =
    !fatal &&
    (RETRYABLE_TYPES.has(type) ||
      status === undefined ||
      status >= 500 ||
      status === 408 ||
      status === 409 ||
      status === 429);
  return new ExternalError("Claude", `Claude answered ${status ?? type}: ${said}`, {
    fatal,
    retryable,
    retryAfterMs: retryAfterMs(error),
    cause: error,
  });
}

function retryAfterMs(error: APIError): number | undefined {
  const headers = error.headers instanceof Headers ? error.headers : undefined;
  const inMs = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(inMs)) return inMs;
  const inSeconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(inSeconds) ? inSeconds * 1_000 : undefined;
}
