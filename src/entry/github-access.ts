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

/** What every client of a run is made of. */
type ClientOptions = Pick<GitHubOptions, "repository" | "token" | "baseUrl" | "spacing" | "retryBaseMs">;

/** How a run waits between looks at GitHub. */
export type GitHubWaits = Pick<GitHubAccess, "sleep">;

/** The options of a client for this runner's repository; add what it may write. */
export function clientFor(
  runner: Pick<RunnerVariables, "GITHUB_REPOSITORY" | "GITHUB_API_URL">,
  token: string,
): GitHubWaits & { readonly client: ClientOptions } {
  const isLoopback = LOOPBACK.has(new URL(runner.GITHUB_API_URL).hostname);
  const haste = isLoopback ? LOOPBACK_HASTE : 1;
  const client: ClientOptions = {
    repository: runner.GITHUB_REPOSITORY,
    token,
    baseUrl: runner.GITHUB_API_URL,
    spacing: isLoopback ? "none" : "github",
    retryBaseMs: RETRY_BASE_MS / haste,
  };
  return { client, sleep: (ms, signal) => wait(ms / haste, undefined, { signal }) };
}

/** @throws {ConfigurationError} there is no token. */
export function gitHubAccess(
  runner: Pick<RunnerVariables, "GITHUB_REPOSITORY" | "GITHUB_API_URL">,
  token: string,
  pullRequest: number,
): GitHubAccess {
  const { client, sleep } = clientFor(runner, token);
  return { read: createGitHub(client), write: createGitHub({ ...client, writeTo: pullRequest }), sleep };
}
