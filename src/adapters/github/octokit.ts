import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";
import type { z } from "zod";

import { ConfigurationError } from "../../domain/errors.ts";
import { failureOf } from "./failure.ts";
import type { GitHubFailure, TokenOf } from "./failure.ts";
import { guardFetch, isRefusedRequest } from "./guarded-fetch.ts";
import type { Fetch } from "./guarded-fetch.ts";
import { errorOf } from "./translate-error.ts";
import type { Doing } from "./translate-error.ts";

export type GitHubOptions = {
  /** `owner/name`: the only repository this client can reach. */
  readonly repository: string;
  readonly token: string;
  /** The one pull request this client may write to; absent for a client that only reads. */
  readonly writeTo?: number;
  /** A client that makes proposals: branches of ours, and pull requests from them. Not together with `writeTo`. */
  readonly proposes?: boolean;
  /** A client that writes the ledger's branch and code scanning. Not together with the two above. */
  readonly audits?: boolean;
  /** `https://api.github.com`, or `https://host/api/v3` on GitHub Enterprise Server. */
  readonly baseUrl?: string;
  /** Whose token it is, which says where its permissions are granted. */
  readonly tokenOf?: TokenOf;
  readonly fetch?: Fetch;
  /** `github`: writes one second apart, notifications three, as GitHub asks for. `none` for a server of our own. */
  readonly spacing?: "github" | "none";
  /** First wait before a read is asked again; the waits grow as 1, 4, 9. */
  readonly retryBaseMs?: number;
  readonly timeoutMs?: number;
};

/** The answer, or why there is none. */
export type Answer<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly failure: GitHubFailure };

/** GitHub, confined to one repository and to the addresses of the allow-list. */
export type GitHub = {
  readonly owner: string;
  readonly name: string;
  /**
   * One request, its answer checked against `schema`. Reads are asked again on 5xx; writes never are, because a write that
   * ends in 5xx may have been done. Rejects only on abort, and on a request that is not allowed (a bug).
   */
  send<T>(request: GitHubRequest, schema: z.ZodType<T>, signal: AbortSignal): Promise<Answer<T>>;
  /** As `send`. @throws {ConfigurationError | ExternalError} in place of a failure. */
  ask<T>(request: GitHubRequest, schema: z.ZodType<T>, doing: Doing, signal: AbortSignal): Promise<T>;
};

/** `route` is `METHOD /path/{with}/{names}`; owner and repo are filled in; the rest of `parameters` is query or body. */
type GitHubRequest = { readonly route: string; readonly parameters?: Readonly<Record<string, unknown>> };

const API_VERSION = "2022-11-28";
const USER_AGENT = "parallel-review";
const TIMEOUT_MS = 30_000;
/** Longest wait for a rate limit; beyond it a run says what it could not do instead of holding a runner. */
const MAX_WAIT_S = 120;
/** 429 is the throttling plugin's; retrying it here too would send a request twice. */
const DO_NOT_RETRY = [400, 401, 403, 404, 409, 410, 422, 429, 451];

const Client = Octokit.plugin(retry, throttling);

/** @throws {ConfigurationError} `repository` is not `owner/name`, or there is no token. */
export function createGitHub(options: GitHubOptions): GitHub {
  const [owner = "", name = "", ...rest] = options.repository.split("/");
  if (owner === "" || name === "" || rest.length > 0) {
    throw new ConfigurationError(`"${options.repository}" is not a repository: write it as owner/name`);
  }
  if (options.token === "") throw new ConfigurationError("There is no GitHub token: set github-token, or GITHUB_TOKEN");
  const baseUrl = (options.baseUrl ?? "https://api.github.com").replace(/\/$/, "");
  const client = createClient(options, baseUrl, owner, name);
  const send: GitHub["send"] = async (request, schema, signal) => {
    const isGraphQl = request.route === "POST /graphql";
    const isRead = request.route.startsWith("GET ") || isGraphQl;
    try {
      const response = await client.request(request.route, {
        ...request.parameters,
        // GraphQL lives beside /api/v3 on GitHub Enterprise Server, and takes no other keys in its body.
        ...(isGraphQl ? { baseUrl: baseUrl.replace(/\/v3$/, "") } : { owner, repo: name }),
        // A number of retries given here makes the plugin forget its list of what not to retry, so reads give none.
        request: isRead ? { signal } : { signal, retries: 0 },
      });
      const parsed = schema.safeParse(response.data);
      if (parsed.success) return { ok: true, data: parsed.data };
      return {
        ok: false,
        failure: { kind: "unavailable", status: response.status, message: "an answer that broke off" },
      };
    } catch (error) {
      signal.throwIfAborted();
      if (isRefusedRequest(error)) throw error;
      return { ok: false, failure: failureOf(error, options.tokenOf) };
    }
  };
  return {
    owner,
    name,
    send,
    async ask(request, schema, doing, signal) {
      const answer = await send(request, schema, signal);
      if (answer.ok) return answer.data;
      throw errorOf(answer.failure, doing);
    },
  };
}

function createClient(
  options: GitHubOptions,
  baseUrl: string,
  owner: string,
  name: string,
): InstanceType<typeof Client> {
  const { proposes = false, audits = false } = options;
  const writes = options.writeTo !== undefined || proposes || audits;
  const access = { owner, name, writes, proposes, audits, ...(writes ? { pullRequest: options.writeTo } : {}) };
  const retryAfterBaseValue = options.retryBaseMs ?? 1_000;
  const isWorthWaiting = (seconds: number, _options: object, _octokit: object, retryCount: number): boolean =>
    retryCount < 1 && seconds < MAX_WAIT_S;
  const client = new Client({
    auth: options.token,
    baseUrl,
    userAgent: USER_AGENT,
    request: { fetch: guardFetch(options.fetch ?? globalThis.fetch, baseUrl, access, options.timeoutMs ?? TIMEOUT_MS) },
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    retry: { doNotRetry: DO_NOT_RETRY, retryAfterBaseValue },
    throttle: {
      // Reads do not queue behind writes: GraphQL queries would, the plugin takes them for writes.
      id: `${owner}/${name}/${writes ? "write" : "read"}`,
      enabled: options.spacing !== "none",
      retryAfterBaseValue,
      onRateLimit: isWorthWaiting,
      onSecondaryRateLimit: isWorthWaiting,
    },
  });
  client.hook.before("request", (request) => {
    request.headers["x-github-api-version"] = API_VERSION;
  });
  return client;
}

/** Octokit's own log lines carry addresses and may carry payloads. */
function ignore(): void {}
