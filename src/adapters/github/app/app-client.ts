import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { z } from "zod";

import { ConfigurationError, ExternalError } from "../../../domain/errors.ts";
import { failureOf, type GitHubFailure } from "../failure.ts";
import type { Fetch } from "../guarded-fetch.ts";

/** Who the App is to GitHub. */
export type AppCredentials = {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** `https://api.github.com`, or `https://host/api/v3` on GitHub Enterprise Server. */
  readonly apiUrl: string;
  readonly fetch?: Fetch;
};

type PermissionLevel = "read" | "write" | "admin";
type AppPermissions = Readonly<Record<string, PermissionLevel>>;

/** What GitHub says of the App itself. */
type AppIdentity = {
  readonly slug: string;
  readonly name: string;
  readonly url: string;
  readonly permissions: AppPermissions;
  readonly events: readonly string[];
};

type Installation = {
  readonly id: number;
  readonly account: string;
  readonly permissions: AppPermissions;
  readonly events: readonly string[];
  readonly suspended: boolean;
};

/** One try of GitHub's to hand us an event. */
type Delivery = {
  readonly id: number;
  /** The same for every try of one event. */
  readonly guid: string;
  readonly deliveredMs: number;
  readonly statusCode: number;
  readonly event: string;
};

/** What a token is for; it can do no more than that. */
type TokenScope = {
  readonly installation: number;
  /** Every repository of the installation if not given. */
  readonly repositoryId?: number;
  readonly permissions: Readonly<Record<string, "read" | "write">>;
};

/** A token that ends when it is disposed of, and by itself after an hour. */
export type InstallationToken = AsyncDisposable & { readonly value: string };

/** GitHub as the App itself sees it. Every method throws ConfigurationError or ExternalError where GitHub does not do as asked. */
export type AppClient = {
  identity(signal: AbortSignal): Promise<AppIdentity>;
  installations(signal: AbortSignal): Promise<readonly Installation[]>;
  /** Numeric id of the account that the App's tokens post as, `<slug>[bot]`; any token of an installation will do to ask for it. */
  botId(slug: string, token: string, signal: AbortSignal): Promise<number>;
  issueToken(scope: TokenScope, signal: AbortSignal): Promise<InstallationToken>;
  /** One page of the deliveries, newest first; `next` asks for the page after it. */
  deliveries(
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly items: readonly Delivery[]; readonly next: string | undefined }>;
  redeliver(id: number, signal: AbortSignal): Promise<void>;
  /** Where GitHub sends the App's webhooks; undefined where none are sent. */
  hookUrl(signal: AbortSignal): Promise<string | undefined>;
};

const Level = z.enum(["read", "write", "admin"]);
const Permissions = z.record(z.string(), Level.catch("read"));
const Identity = z.object({
  slug: z.string(),
  name: z.string(),
  html_url: z.string().default(""),
  permissions: Permissions.default({}),
  events: z.array(z.string()).default([]),
});
const Installations = z.array(
  z.object({
    id: z.int(),
    account: z.object({ login: z.string().default("") }).nullish(),
    permissions: Permissions.default({}),
    events: z.array(z.string()).default([]),
    suspended_at: z.string().nullish(),
  }),
);
const Deliveries = z.array(
  z.object({
    id: z.int(),
    guid: z.string(),
    delivered_at: z.string(),
    status_code: z.number(),
    event: z.string(),
  }),
);

const PAGE = 100;
/** Installations beyond this many are not swept; their webhooks are answered all the same. */
const MAX_PAGES = 20;
const TIMEOUT_MS = 30_000;

export function createAppClient({ appId, privateKey, apiUrl, fetch }: AppCredentials): AppClient {
  const common = {
    baseUrl: apiUrl.replace(/\/$/, ""),
    userAgent: "parallel-review",
    // Octokit's own log lines carry addresses and may carry payloads.
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    ...(fetch === undefined ? {} : { request: { fetch } }),
  };
  const app = new Octokit({ ...common, authStrategy: createAppAuth, auth: { appId, privateKey } });
  const ask = async <T>(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
    doing: string,
    signal: AbortSignal,
  ): Promise<{ readonly data: T; readonly link: string | undefined }> => {
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const response = await app.request(route, { ...parameters, request: { signal: limited } });
      return { data: schema.parse(response.data), link: response.headers.link };
    } catch (error) {
      signal.throwIfAborted();
      throw isBadKey(error) ? badKey(error) : errorOf(failureOf(error), doing);
    }
  };

  const botIds = new Map<string, number>();
  return {
    async botId(slug, token, signal) {
      const known = botIds.get(slug);
      if (known !== undefined) return known;
      const client = new Octokit({ ...common, auth: token });
      try {
        const { data } = await client.request("GET /users/{username}", {
          username: `${slug}[bot]`,
          request: { signal },
        });
        const id = Number(data.id);
        botIds.set(slug, id);
        return id;
      } catch (error) {
        signal.throwIfAborted();
        throw errorOf(failureOf(error), `tell the account of ${slug}[bot]`);
      }
    },
    async identity(signal) {
      const { data } = await ask("GET /app", {}, Identity, "read the App", signal);
      return { ...data, url: data.html_url };
    },
    async installations(signal) {
      const found: Installation[] = [];
      for (let page = 1; page <= MAX_PAGES; page++) {
        const parameters = { per_page: PAGE, page };
        // oxlint-disable-next-line no-await-in-loop -- a page says whether there is another
        const { data } = await ask("GET /app/installations", parameters, Installations, "list installations", signal);
        for (const { id, account, permissions, events, suspended_at: suspended } of data) {
          const isSuspended = suspended !== null && suspended !== undefined;
          found.push({ id, account: account?.login ?? "", permissions, events, suspended: isSuspended });
        }
        if (data.length < PAGE) break;
      }
      return found;
    },
    async issueToken({ installation, repositoryId, permissions }, signal) {
      const { data } = await ask(
        "POST /app/installations/{installation}/access_tokens",
        { installation, permissions, ...(repositoryId === undefined ? {} : { repository_ids: [repositoryId] }) },
        z.object({ token: z.string().min(1) }),
        "get a token of the installation",
        signal,
      );
      return {
        value: data.token,
        // It ends within the hour whether or not GitHub hears this.
        [Symbol.asyncDispose]: () => revoke(new Octokit({ ...common, auth: data.token })),
      };
    },
    async deliveries(cursor, signal) {
      const parameters = { per_page: PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const { data, link } = await ask("GET /app/hook/deliveries", parameters, Deliveries, "list deliveries", signal);
      const next = /[?&]cursor=([^>&]+)[^>]*>; rel="next"/.exec(link ?? "")?.[1];
      return {
        items: data.map(({ delivered_at: at, status_code: statusCode, ...item }) => ({
          ...item,
          statusCode,
          deliveredMs: Date.parse(at),
        })),
        next: next === undefined ? undefined : decodeURIComponent(next),
      };
    },
    async redeliver(id, signal) {
      await ask("POST /app/hook/deliveries/{id}/attempts", { id }, z.unknown(), "have an event sent again", signal);
    },
    async hookUrl(signal) {
      const schema = z.object({ url: z.string().optional() });
      const { data } = await ask("GET /app/hook/config", {}, schema, "read where webhooks go", signal);
      return data.url === "" ? undefined : data.url;
    },
  };
}

async function revoke(client: Octokit): Promise<void> {
  await client.request("DELETE /installation/token", { request: { signal: AbortSignal.timeout(5_000) } }).catch(ignore);
}

/** The key could not even sign: OpenSSL's and the web crypto's words for that. */
function isBadKey(error: unknown): boolean {
  return error instanceof Error && /DECODER|asn1|PEM|PKCS|key/i.test(error.message) && !("status" in error);
}

function badKey(cause: unknown): ConfigurationError {
  const text = "PRIVATE_KEY is not a private key in PEM format: give the whole file that GitHub let you download";
  return new ConfigurationError(text, { cause });
}

function errorOf(failure: GitHubFailure, doing: string): ConfigurationError | ExternalError {
  const said = failure.message === "" ? "" : `: ${failure.message}`;
  switch (failure.kind) {
    case "unauthorized":
      return new ConfigurationError(
        `GitHub does not accept the App's signature${said}. Check that PRIVATE_KEY belongs to APP_ID and that the clock is right`,
      );
    case "not-found":
      return new ConfigurationError(
        `GitHub found nothing when asked to ${doing}: the App of APP_ID is gone, or is no longer installed there`,
      );
    case "forbidden":
      return new ConfigurationError(`GitHub refuses to ${doing}${said}`);
    case "invalid":
      return new ConfigurationError(
        `GitHub refuses to ${doing}${said}. "parallel-review doctor" lists the permissions that the App needs and does not have`,
      );
    case "gone":
    case "legal":
    case "conflict":
      return new ExternalError("GitHub", `GitHub refuses to ${doing} (${failure.status ?? "?"})${said}`);
    case "rate-limited":
    case "unavailable":
      return new ExternalError(
        "GitHub",
        `GitHub does not answer when asked to ${doing} (${failure.status ?? "no connection"})${said}. Try again later, or check GITHUB_API_URL`,
        {
          retryable: true,
        },
      );
    default:
      return failure.kind satisfies never;
  }
}

function ignore(): void {}
