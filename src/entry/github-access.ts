import { setTimeout as wait } from "node:timers/promises";

import { createGitHub, type GitHub, type GitHubOptions } from "../adapters/github/octokit.ts";
import type { RunnerVariables } from "./action-environment.ts";

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
export function proposingAccess(runner: Runner, token: string): ProposingAccess {
  const { client, sleep } = connection(runner, token);
  return { github: createGitHub({ ...client, proposes: true }), sleep };
}

/** @throws {ConfigurationError} there is no token. */
export function gitHubAccess(runner: Runner, token: string, pullRequest: number): GitHubAccess {
  const { client, sleep } = connection(runner, token);
  return { read: createGitHub(client), write: createGitHub({ ...client, writeTo: pullRequest }), sleep };
}

/** The client of a run that audits: it reads, and writes the ledger's branch and code scanning. */
export function auditingAccess(runner: Runner, token: string): ProposingAccess {
  const { client, sleep } = connection(runner, token);
  return { github: createGitHub({ ...client, audits: true }), sleep };
}

type Runner = Pick<RunnerVariables, "GITHUB_REPOSITORY" | "GITHUB_API_URL">;

function connection(runner: Runner, token: string): Pick<GitHubAccess, "sleep"> & { readonly client: GitHubOptions } {
  const isLoopback = LOOPBACK.has(new URL(runner.GITHUB_API_URL).hostname);
  const haste = isLoopback ? LOOPBACK_HASTE : 1;
  const client = {
    repository: runner.GITHUB_REPOSITORY,
    token,
    baseUrl: runner.GITHUB_API_URL,
    spacing: isLoopback ? "none" : "github",
    retryBaseMs: RETRY_BASE_MS / haste,
  } as const;
  return { client, sleep: (ms, signal) => wait(ms / haste, undefined, { signal }) };
}
