import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import type { GitHubFailure } from "./failure.ts";
import type { Answer, GitHub } from "./octokit.ts";
import { readCommit, type Tip } from "./proposal-commit.ts";
import { errorOf, type Doing } from "./translate-error.ts";

const WRITING: Doing = { what: "write the branch of the proposal", permission: "contents: write" };
const READING: Doing = { what: "read the branch of the proposal", permission: "contents: read" };
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;

const Ref = z.object({ object: z.object({ sha: z.string() }) });

type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The commit that a branch names now; undefined when there is no such branch. */
export async function readBranch(github: GitHub, branch: string, signal: AbortSignal): Promise<Tip | undefined> {
  const sha = await branchSha(github, branch, signal);
  return sha === undefined ? undefined : readCommit(github, sha, signal);
}

/**
 * Makes the branch name `commit`: a new branch, or one that named `from`. Says `taken` when it names something else by now, which
 * stays as it is.
 * @throws {ConfigurationError | ExternalError}
 */
export async function setBranch(
  github: GitHub,
  move: { readonly branch: string; readonly from: Sha | undefined; readonly commit: Sha },
  sleep: Sleep,
  signal: AbortSignal,
): Promise<"set" | "taken"> {
  const { branch, from, commit } = move;
  for (let attempt = 1; ; attempt += 1) {
    // oxlint-disable-next-line no-await-in-loop -- the next attempt depends on how this one ended
    const answer = await write(github, branch, from, commit, signal);
    if (answer.ok) return "set";
    const { failure } = answer;
    if (failure.kind !== "unavailable" && !isPresence(failure)) throw errorOf(failure, WRITING);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const now = await branchSha(github, branch, signal);
    if (now === commit) return "set";
    if (now !== from) return "taken";
    if (attempt === ATTEMPTS) throw errorOf(failure, WRITING);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(FIRST_WAIT_MS * 2 ** attempt, signal);
  }
}

/** GitHub says so when a branch is there that was not, or is gone that was there. */
function isPresence(failure: GitHubFailure): boolean {
  return failure.kind === "invalid" && /Reference (?:already exists|does not exist)/i.test(failure.message);
}

async function write(
  github: GitHub,
  branch: string,
  from: Sha | undefined,
  commit: Sha,
  signal: AbortSignal,
): Promise<Answer<unknown>> {
  if (from === undefined) {
    const parameters = { ref: `refs/heads/${branch}`, sha: commit };
    return github.send({ route: "POST /repos/{owner}/{repo}/git/refs", parameters }, Ref, signal);
  }
  // Its own commit is replaced, not added to: the proposal stays one commit on its base.
  const parameters = { ref: `heads/${branch}`, sha: commit, force: true };
  return github.send({ route: "PATCH /repos/{owner}/{repo}/git/refs/{+ref}", parameters }, Ref, signal);
}

async function branchSha(github: GitHub, branch: string, signal: AbortSignal): Promise<Sha | undefined> {
  const answer = await github.send(
    { route: "GET /repos/{owner}/{repo}/git/ref/{+ref}", parameters: { ref: `heads/${branch}` } },
    Ref,
    signal,
  );
  if (answer.ok) return answer.data.object.sha;
  if (answer.failure.kind === "not-found") return undefined;
  throw errorOf(answer.failure, READING);
}
