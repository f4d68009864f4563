import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Sha } from "../../domain/change-set.ts";
import { ConfigurationError, ExternalError } from "../../domain/errors.ts";
import { MAX_FILE_BYTES, openRepository, type GitRepository } from "./git-repository.ts";
import { findMergeBase, isShallow } from "./merge-base.ts";
import { fetchFrom, type Remote } from "./remote.ts";
import { requireSha } from "./require-sha.ts";
import { findCommit } from "./resolve-commit.ts";
import { runGit, type GitDirectory, type GitProgram } from "./run-git.ts";

export type PullRequestFetch = Remote & {
  readonly pullRequest: number;
  /** The commit that is to be reviewed; what the pull request points to by now does not matter. */
  readonly headSha: Sha;
  /** The branch that the pull request is to be merged into. */
  readonly baseRef: string;
  /** The branch that settings are read from; `baseRef` unless told. */
  readonly guidanceRef?: string;
  readonly maxFileBytes?: number;
  /** Where the private folder is made; the system's folder for temporary files unless told. */
  readonly temporaryFolder?: string;
};

/** A pull request's objects in a private folder. Files above the limit are not there, unless the pull request changes them. */
export interface FetchedPullRequest extends AsyncDisposable {
  readonly repository: GitRepository;
  readonly head: Sha;
  /** The merge base of head and base branch. */
  readonly base: Sha;
  readonly guidance: Sha;
}

/** Commits fetched in each step until the merge base is among them; commits alone are small. */
const DEPTHS = [64, 512, 4_096, 2_147_483_647];
const HEAD = "refs/review/head";
const BASE = "refs/review/base";
const GUIDANCE = "refs/review/guidance";
const CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";

/**
 * Fetches what a review of the pull request reads, into a bare repository that only this user can open and that is removed on
 * dispose: the commits since the merge base, and the trees of head, merge base and guidance with their files. After that the
 * repository knows no server: a missing object is an answer, never a request. Nothing is checked for being safe to check out,
 * because nothing ever is (`transfer.fsckObjects` would refuse old but honest histories).
 * @throws {ConfigurationError} no access, no such pull request or branch, or histories without a common commit.
 * @throws {ExternalError} the server is down, or the commit is not there (any more).
 */
export async function fetchPullRequest(
  program: GitProgram,
  request: PullRequestFetch,
  signal: AbortSignal,
): Promise<FetchedPullRequest> {
  requireSha(request.headSha);
  const gitDir = await mkdtemp(join(request.temporaryFolder ?? tmpdir(), "parallel-review-"));
  const directory: GitDirectory = { program, gitDir };
  const remove = async (): Promise<void> => rm(gitDir, { recursive: true, force: true, maxRetries: 3 });
  try {
    await runGit(directory, ["init", "--quiet", "--bare", "--template="], signal);
    const commits = await fetchCommits(directory, request, signal);
    await fetchFiles(directory, request, commits, signal);
    const repository = openRepository(directory, request.maxFileBytes);
    return {
      ...commits,
      repository,
      async [Symbol.asyncDispose]() {
        await repository[Symbol.asyncDispose]();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Commits = { readonly head: Sha; readonly base: Sha; readonly guidance: Sha };

async function fetchCommits(directory: GitDirectory, request: PullRequestFetch, signal: AbortSignal): Promise<Commits> {
  const { headSha, baseRef, guidanceRef = baseRef } = request;
  const branches = [`+${branch(baseRef)}:${BASE}`, `+${branch(guidanceRef)}:${GUIDANCE}`];
  const head = `+refs/pull/${request.pullRequest}/head:${HEAD}`;
  let wants = [head, ...branches];
  for (const depth of DEPTHS) {
    await fetchFrom(directory, request, ["--filter=tree:0", `--depth=${depth}`], wants, signal);
    if ((await findCommit(directory, headSha, signal)) === undefined) {
      // The pull request has moved on. The commit that was asked for is still there, under no name.
      wants = [`+${headSha}:${HEAD}`, ...branches];
      await fetchMoved(directory, request, wants, depth, signal);
    }
    const [tip, guidance] = [await findCommit(directory, BASE, signal), await findCommit(directory, GUIDANCE, signal)];
    if (tip === undefined || guidance === undefined) throw new Error("git fetched a branch and does not know it");
    const base = await findMergeBase(directory, tip, headSha, signal);
    if (base !== undefined) return { head: headSha, base, guidance };
    if (!(await isShallow(directory, signal))) break;
  }
  throw new ConfigurationError(`Pull request ${request.pullRequest} and ${baseRef} have no commit in common`);
}

async function fetchMoved(
  directory: GitDirectory,
  request: PullRequestFetch,
  wants: readonly string[],
  depth: number,
  signal: AbortSignal,
): Promise<void> {
  const gone = `Commit ${request.headSha} of pull request ${request.pullRequest} is not on the server any more; start the review again`;
  try {
    await fetchFrom(directory, request, ["--filter=tree:0", `--depth=${depth}`], wants, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const isRefusal = cause instanceof Error && /not our ref|unadvertised|find remote ref/.test(cause.message);
    throw isRefusal ? new ExternalError("GitHub", gone, { cause }) : cause;
  }
  if ((await findCommit(directory, request.headSha, signal)) === undefined) throw new ExternalError("GitHub", gone);
}

/** The whole trees, but for files above the limit; then those changed files that are above it, which the diff needs. */
async function fetchFiles(
  directory: GitDirectory,
  request: PullRequestFetch,
  commits: Commits,
  signal: AbortSignal,
): Promise<void> {
  const limit = ["--filter", `blob:limit=${request.maxFileBytes ?? MAX_FILE_BYTES}`];
  await forgetServer(directory);
  // Of the commands that tell a commit's tree, this one does not open it.
  const args = ["rev-list", "--no-walk", "--format=tree %T", commits.head, commits.base, commits.guidance];
  const { output } = await runGit(directory, args, signal);
  const trees = output.toString("latin1").match(/(?<=^tree )[0-9a-f]+$/gm) ?? [];
  await fetchMissing(directory, request, limit, trees, signal);
  const raw = ["diff-tree", "-r", "--raw", "--no-renames", "--no-abbrev", commits.base, commits.head];
  const changes = await runGit(directory, raw, signal);
  const records = changes.output.toString("latin1").matchAll(/^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) /gm);
  const blobs = Array.from(records, ([, oldMode, newMode, oldId = "", newId = ""]) => [
    ...(oldMode?.startsWith("1") === true && oldMode !== "160000" ? [oldId] : []),
    ...(newMode?.startsWith("1") === true && newMode !== "160000" ? [newId] : []),
  ]);
  await fetchMissing(directory, request, limit, [...new Set(blobs.flat())], signal);
}

async function fetchMissing(
  directory: GitDirectory,
  remote: Remote,
  filter: readonly string[],
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const input = ids.map((id) => `${id}\n`).join("");
  const { output } = await runGit(directory, ["cat-file", "--batch-check"], signal, { input });
  const missing = output.toString("latin1").match(/^[0-9a-f]+(?= missing$)/gm) ?? [];
  if (missing.length === 0) return;
  // Offering what is here would make the server leave out what a commit without files seems to imply.
  await fetchFrom(directory, remote, filter, missing, signal, { "fetch.negotiationAlgorithm": "noop" });
  await forgetServer(directory);
}

/** A filtered fetch writes down where missing objects can be had; without that, git answers instead of asking. */
async function forgetServer({ gitDir }: GitDirectory): Promise<void> {
  await writeFile(join(gitDir, "config"), CONFIG);
}

/** @throws {ConfigurationError} for what git does not take for a branch name; it must not be able to change a refspec. */
function branch(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are among what is refused
  if (name === "" || /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/$|^\//.test(name)) {
    throw new ConfigurationError(`${JSON.stringify(name)} is not the name of a branch`);
  }
  return `refs/heads/${name}`;
}
