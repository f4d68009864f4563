import { z } from "zod";

/** A job of a workflow, or an installed App. */
export type TokenOf = "job" | "app";

/**
 * Why GitHub did not do what we asked, without any of the request in it. `message` is GitHub's own short sentence, one line.
 * `unavailable` covers 5xx, the network, a timeout and an answer that broke off: a write that ends so may have taken effect.
 */
export type GitHubFailure = {
  readonly kind:
    | "unauthorized"
    | "forbidden"
    | "not-found"
    | "gone"
    | "legal"
    | "invalid"
    | "conflict"
    | "rate-limited"
    | "unavailable";
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  readonly message: string;
  /** What GitHub names when asked to look a request up. */
  readonly requestId?: string;
  /** The permissions that would have been enough, as GitHub writes them: `issues=write; pull_requests=write`. */
  readonly acceptedPermissions?: string;
  /** Absent: a job's, or a person's. */
  readonly tokenOf?: TokenOf;
};

const MAX_MESSAGE = 200;

const Thrown = z.object({
  status: z.number().optional().catch(undefined),
  message: z.string().catch(""),
  response: z
    .object({
      headers: z.record(z.string(), z.unknown()).catch({}),
      data: z
        .object({
          message: z.string().catch(""),
          errors: z
            .array(
              z.union([z.string(), z.object({ message: z.string() }).transform((error) => error.message)]).catch(""),
            )
            .catch([]),
        })
        .catch({ message: "", errors: [] }),
    })
    .optional()
    .catch(undefined),
});

const KIND_BY_STATUS: Readonly<Record<number, GitHubFailure["kind"]>> = {
  400: "invalid",
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  410: "gone",
  422: "invalid",
  429: "rate-limited",
  451: "legal",
};

/** What octokit threw, as a value. Nothing of the request (headers, body, token) is kept. */
export function failureOf(thrown: unknown, tokenOf?: TokenOf): GitHubFailure {
  const parsed = Thrown.safeParse(thrown);
  if (!parsed.success) return { kind: "unavailable", status: undefined, message: "no answer" };
  const { status, response, message } = parsed.data;
  // Octokit reports a broken connection as status 500 without a response.
  if (response === undefined) return { kind: "unavailable", status: undefined, message: oneLine(message) };
  const { headers, data } = response;
  const said = oneLine([data.message, ...data.errors].filter((text) => text !== "").join(": "));
  const requestId = headers["x-github-request-id"];
  const accepted = headers["x-accepted-github-permissions"];
  return {
    kind: isRateLimit(status, headers, said) ? "rate-limited" : (KIND_BY_STATUS[status ?? 0] ?? "unavailable"),
    status,
    message: said,
    ...(tokenOf === undefined ? {} : { tokenOf }),
    ...(typeof requestId === "string" ? { requestId } : {}),
    ...(typeof accepted === "string" ? { acceptedPermissions: oneLine(accepted) } : {}),
  };
}

function isRateLimit(status: number | undefined, headers: Readonly<Record<string, unknown>>, said: string): boolean {
  if (status !== 403 && status !== 429) return false;
  return (
    headers["x-ratelimit-remaining"] === "0" || /\brate limit\b/i.test(said) || headers["retry-after"] !== undefined
  );
}

function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- GitHub echoes what users wrote; a log line must stay one line
  const flat = text.replaceAll(/[\u0000-\u001f\u007f]+/g, " ").trim();
  return flat.length > MAX_MESSAGE ? `${flat.slice(0, MAX_MESSAGE)}…` : flat;
}
