import { ExternalError, errorMessage } from "../../domain/errors.ts";
import type { Dialect } from "./dialect.ts";
import type { Sdk } from "./sdk.ts";

/** A login that may work a moment later: nobody answered, or with an error of their own. */
const PASSING_CODES = /^(?:ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EPIPE|UND_ERR)/;

/** What came of fetching a token before a request; undefined when the error is not about that. */
export function translateLoginError(
  error: unknown,
  { name, refused }: Dialect,
  sdk: Pick<Sdk, "APIConnectionError" | "AnthropicError">,
): ExternalError | undefined {
  const ours = [error, causeOf(error)].find((one) => one instanceof ExternalError);
  if (ours !== undefined) return ours;
  const exchange = exchangeStatus(error, sdk);
  const isGoogle = error instanceof sdk.APIConnectionError && error.message.includes("Google OAuth credentials");
  if (exchange === undefined && !isGoogle) return undefined;
  const reason = isGoogle ? causeOf(error) : error;
  const passes = isGoogle ? isPassing(reason) : exchange === null || (exchange ?? 0) >= 500 || exchange === 429;
  const [said = ""] = errorMessage(reason).split("\n");
  return new ExternalError("Claude", `${name}: the login failed: ${refused} (${said})`, {
    fatal: !passes,
    retryable: passes,
    cause: error,
  });
}

/** The status of a refused exchange of tokens, null where nobody answered; undefined for every other error. */
function exchangeStatus(error: unknown, { AnthropicError }: Pick<Sdk, "AnthropicError">): number | null | undefined {
  if (!(error instanceof AnthropicError) || !("statusCode" in error)) return undefined;
  return typeof error.statusCode === "number" ? error.statusCode : null;
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = "status" in error && typeof error.status === "number" ? error.status : undefined;
  if (status !== undefined) return status >= 500 || status === 429;
  return "code" in error && typeof error.code === "string" && PASSING_CODES.test(error.code);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
