import { setTimeout as wait } from "node:timers/promises";

import { createGitHub, type GitHub, type GitHubOptions } from "../adapters/github/octokit.ts";
import type { Site } from "./world.ts";

/** The two clients of a run, and how it waits between looks at GitHub. */
export type GitHubAccess = {
  readonly read: GitHub;
  /** Writes to one pull request and nowhere else. */
  readonly write: GitHub;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** A GitHub on this machine is the demo's or a test's: it asks for no pauses, its lists do not lag, and it need not be spared. */
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
const LOOPBACK_HASTE = 100;
const RETRY_BASE_MS = 1_000;

/** The client of a run that proposes a change: it reads, and writes branches of its own and pull requests from them. */
export type ProposingAccess = Pick<GitHubAccess, "sleep"> & { readonly github: GitHub };

/** @throws {ConfigurationError} there is no token. */
export function proposingAccess(site: Home, token: string): ProposingAccess {
  const { client, sleep } = connection(site, token);
  return { github: createGitHub({ ...client, proposes: true }), sleep };
}

/** A client that only reads. @throws {ConfigurationError} there is no token. */
export function readingAccess(site: Home, token: string): GitHub {
  return createGitHub(connection(site, token).client);
}

/** @throws {ConfigurationError} there is no token. */
export function gitHubAccess(site: Home, token: string, pullRequest: number, writeToken = token): GitHubAccess {
  const { client, sleep } = connection(site, token);
  const write = createGitHub({ ...client, token: writeToken, writeTo: pullRequest });
  return { read: createGitHub(client), write, sleep };
}

/** The client of a run that audits: it reads, and writes the ledger's branch and code scanning. */
export function auditingAccess(site: Home, token: string): ProposingAccess {
  const { client, sleep } = connection(site, token);
  return { github: createGitHub({ ...client, audits: true }), sleep };
}

type Home = Pick<Site, "repository" | "apiUrl" | "tokenOf">;

function connection(site: Home, token: string): Pick<GitHubAccess, "sleep"> & { readonly client: GitHubOptions } {
  const isLoopback = LOOPBACK.has(new URL(site.apiUrl).hostname);
  const haste = isLoopback ? LOOPBACK_HASTE : 1;
  const client = {
    repository: site.repository,
    token,
    baseUrl: site.apiUrl,
    ...(site.tokenOf === undefined ? {} : { tokenOf: site.tokenOf }),
    spacing: isLoopback ? "none" : "github",
    retryBaseMs: RETRY_BASE_MS / haste,
  } as const;
  return { client, sleep: (ms, signal) => wait(ms / haste, undefined, { signal }) };
}
