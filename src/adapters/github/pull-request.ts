import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import { ConfigurationError } from "../../domain/errors.ts";
import type { GitHub } from "./octokit.ts";

/** The facts of a pull request, as they were when they were read. `title` and `body` were written by strangers. */
export type PullRequest = {
  readonly number: number;
  readonly head: Sha;
  /** In the repository that the head comes from, which may be a fork. */
  readonly headBranch: string;
  /** Tip of the base branch when GitHub last looked; not the merge base. */
  readonly base: Sha;
  readonly baseBranch: string;
  readonly defaultBranch: string;
  readonly title: string;
  readonly body: string;
  readonly changedFiles: number;
  readonly state: "open" | "closed" | "merged";
  readonly draft: boolean;
  readonly locked: boolean;
  /** True when the head branch lives in another repository, or that repository is gone. */
  readonly fromFork: boolean;
};

const Payload = z.object({
  number: z.int().positive(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  merged: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  draft: z.boolean().nullish(),
  locked: z.boolean().nullish(),
  changed_files: z.int().nonnegative().nullish(),
  head: z.object({ sha: z.string(), ref: z.string(), repo: z.object({ id: z.number() }).nullish() }),
  base: z.object({
    sha: z.string(),
    ref: z.string(),
    repo: z.object({ id: z.number(), default_branch: z.string() }),
  }),
});

const PullRequestFacts = Payload.transform((pull): PullRequest => {
  const isMerged = pull.merged === true || typeof pull.merged_at === "string";
  return {
    number: pull.number,
    head: pull.head.sha,
    headBranch: pull.head.ref,
    base: pull.base.sha,
    baseBranch: pull.base.ref,
    defaultBranch: pull.base.repo.default_branch,
    title: pull.title,
    body: pull.body ?? "",
    changedFiles: pull.changed_files ?? 0,
    state: isMerged ? "merged" : pull.state === "closed" ? "closed" : "open",
    draft: pull.draft ?? false,
    locked: pull.locked ?? false,
    fromFork: pull.head.repo?.id !== pull.base.repo.id,
  };
});

/** The facts out of the `pull_request` object of an event payload; undefined when it is not one. */
export function pullRequestOfEvent(payload: unknown): PullRequest | undefined {
  const parsed = PullRequestFacts.safeParse(payload);
  return parsed.success ? parsed.data : undefined;
}

/**
 * Reads the pull request once; the head in it is what a run is pinned to.
 * @throws {ConfigurationError} it does not exist, or the token may not see it. @throws {ExternalError} GitHub failed.
 */
export async function readPullRequest(github: GitHub, number: number, signal: AbortSignal): Promise<PullRequest> {
  return github.ask(
    { route: "GET /repos/{owner}/{repo}/pulls/{pull_number}", parameters: { pull_number: number } },
    PullRequestFacts,
    { what: `read pull request #${number} of ${github.owner}/${github.name}`, permission: "pull-requests: read" },
    signal,
  );
}

/**
 * The pull request, if `sha` (full, or its first 7 or more digits) is its head: a command may name the commit it was written
 * for, and objects of every fork are reachable by id, so nothing but the head itself is accepted.
 * @throws {ConfigurationError} the head is another commit.
 */
export function requireHead(pull: PullRequest, sha: string): PullRequest {
  if (/^[0-9a-f]{7,64}$/.test(sha) && pull.head.startsWith(sha)) return pull;
  throw new ConfigurationError(
    `${sha.slice(0, 64)} is not the head of pull request #${pull.number}, which is ${pull.head}. Look at the new commits, then ask again.`,
  );
}
