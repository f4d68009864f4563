import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Sha } from "../../domain/change-set.ts";
import { ConfigurationError, ExternalError } from "../../domain/errors.ts";
import type { Snapshot, TreeEntry } from "../../ports/snapshot.ts";
import { emptyRepository, type EmptyRepository } from "./empty-repository.ts";
import { MAX_FILE_BYTES, openRepository, type GitRepository } from "./git-repository.ts";
import { gitSnapshot } from "./git-snapshot.ts";
import { findMergeBase, isShallow } from "./merge-base.ts";
import { fetchFrom, type Remote } from "./remote.ts";
import { requireSha } from "./require-sha.ts";
import type { GitProgram } from "./run-git.ts";

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
  readonly snapshots: { readonly head: Snapshot; readonly base: Snapshot; readonly guidance: Snapshot };
}

/** Commits fetched in each step until the merge base is among them; commits alone are small. */
const DEPTHS = [64, 512, 4_096, 2_147_483_647];
const HEAD = "refs/review/head";
const BASE = "refs/review/base";
const GUIDANCE = "refs/review/guidance";

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
  await using undo = new AsyncDisposableStack();
  const empty = undo.use(await emptyRepository(program, request.temporaryFolder));
  const repository = undo.use(openRepository(empty.directory, request.maxFileBytes));
  const place: Place = { ...empty, repository, request };
  const commits = await fetchCommits(place, signal);
  const snapshots = await fetchFiles(place, commits, signal);
  const fetched = undo.move();
  return { ...commits, repository, snapshots, [Symbol.asyncDispose]: () => fetched.disposeAsync() };
}

type Place = Pick<EmptyRepository, "directory" | "forgetServer"> & {
  readonly repository: GitRepository;
  readonly request: PullRequestFetch;
};

type Commits = { readonly head: Sha; readonly base: Sha; readonly guidance: Sha };

async function fetchCommits(place: Place, signal: AbortSignal): Promise<Commits> {
  const { directory, request } = place;
  const { headSha, baseRef, guidanceRef = baseRef } = request;
  const branches = [`+${branch(baseRef)}:${BASE}`, `+${branch(guidanceRef)}:${GUIDANCE}`];
  const head = `+refs/pull/${request.pullRequest}/head:${HEAD}`;
  let wants = [head, ...branches];
  for (const depth of DEPTHS) {
    await fetchObjects(place, ["--filter=tree:0", `--depth=${depth}`], wants, signal);
    if ((await treeOf(place, headSha, signal)) === undefined) {
      // The pull request has moved on. The commit that was asked for is still there, under no name.
      wants = [`+${headSha}:${HEAD}`, ...branches];
      await fetchMoved(place, wants, depth, signal);
    }
    const [tip, guidance] = await Promise.all([fetchedTip(place, BASE), fetchedTip(place, GUIDANCE)]);
    const base = await findMergeBase(directory, tip, headSha, signal);
    if (base !== undefined) return { head: headSha, base, guidance };
    if (!(await isShallow(directory, signal))) break;
  }
  throw new ConfigurationError(`Pull request ${request.pullRequest} and ${baseRef} have no commit in common`);
}

async function fetchMoved(place: Place, wants: readonly string[], depth: number, signal: AbortSignal): Promise<void> {
  const { headSha, pullRequest } = place.request;
  const gone = `Commit ${headSha} of pull request ${pullRequest} is not on the server any more; start the review again`;
  try {
    await fetchObjects(place, ["--filter=tree:0", `--depth=${depth}`], wants, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const isRefusal = cause instanceof Error && /not our ref|unadvertised|find remote ref/.test(cause.message);
    throw isRefusal ? new ExternalError("GitHub", gone, { cause }) : cause;
  }
  if ((await treeOf(place, headSha, signal)) === undefined) throw new ExternalError("GitHub", gone);
}

/** What a ref of ours names. git wrote it into a file of this folder, which is read faster than git is started. */
async function fetchedTip({ directory }: Place, ref: string): Promise<Sha> {
  return requireSha((await readFile(join(directory.gitDir, ref), "latin1")).trim());
}

/** The tree of a commit; undefined where there is no such commit. */
async function treeOf({ repository }: Place, commit: Sha, signal: AbortSignal): Promise<string | undefined> {
  const object = await repository.objects.read(commit, signal);
  if (object === undefined || "tooLarge" in object) return undefined;
  return /^tree ([0-9a-f]{40,64})\n/.exec(object.bytes.toString("latin1", 0, 80))?.[1];
}

/** The whole trees, but for files above the limit; then those changed files that are above it, which the diff needs. */
async function fetchFiles(
  place: Place,
  commits: Commits,
  signal: AbortSignal,
): Promise<FetchedPullRequest["snapshots"]> {
  const { repository, request } = place;
  const limit = ["--filter", `blob:limit=${request.maxFileBytes ?? MAX_FILE_BYTES}`];
  const shas = [...new Set([commits.head, commits.base, commits.guidance])];
  const trees = await Promise.all(
    shas.map(async (sha) => {
      const tree = await treeOf(place, sha, signal);
      // A server without filters has sent it with its commit.
      return tree === undefined || (await repository.objects.read(tree, signal)) !== undefined ? [] : [tree];
    }),
  );
  await fetchMissing(place, limit, trees.flat(), signal);
  const snapshots = new Map(shas.map((sha) => [sha, gitSnapshot(repository, sha)]));
  const of = (sha: Sha): Snapshot => snapshots.get(sha) ?? gitSnapshot(repository, sha);
  const [head, base, guidance] = [of(commits.head), of(commits.base), of(commits.guidance)];
  // The third is not compared: it is wanted soon after.
  const [after, before] = await Promise.all([head.list(signal), base.list(signal), guidance.list(signal)]);
  await fetchMissing(place, limit, changedWithoutContent(before, after), signal);
  return { head, base, guidance };
}

/** The files on either side of the change that a filtered fetch has left out: git knows no size of them. */
function changedWithoutContent(before: readonly TreeEntry[], after: readonly TreeEntry[]): readonly string[] {
  const blobs = new Map(before.map(({ path, blob }) => [path, blob]));
  const kept = new Set(after.flatMap(({ path, blob }) => (blobs.get(path) === blob ? [path] : [])));
  const changed = [...before, ...after].filter(({ path }) => !kept.has(path));
  return [
    ...new Set(changed.flatMap(({ kind, size, blob }) => (kind !== "submodule" && size === undefined ? [blob] : []))),
  ];
}

async function fetchMissing(
  place: Place,
  filter: readonly string[],
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (ids.length === 0) return;
  // Offering what is here would make the server leave out what a commit without files seems to imply.
  await fetchObjects(place, filter, [...new Set(ids)], signal, { "fetch.negotiationAlgorithm": "noop" });
}

async function fetchObjects(
  { directory, request, forgetServer }: Place,
  options: readonly string[],
  wants: readonly string[],
  signal: AbortSignal,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  await fetchFrom(directory, request, options, wants, signal, config);
  await forgetServer();
}

/** @throws {ConfigurationError} for what git does not take for a branch name; it must not be able to change a refspec. */
function branch(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are among what is refused
  if (name === "" || /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/$|^\//.test(name)) {
    throw new ConfigurationError(`${JSON.stringify(name)} is not the name of a branch`);
  }
  return `refs/heads/${name}`;
}
