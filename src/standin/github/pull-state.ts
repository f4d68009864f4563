import { pullEvent } from "./events.ts";
import { diffCommits } from "./git/git-diff.ts";
import { listCommits, mergeBase, resolveCommit } from "./git/git-store.ts";
import { updateRef } from "./git/git-write.ts";
import { reAnchor } from "./git/re-anchor.ts";
import type { StandinFile } from "./model-diff.ts";
import type { StandinCommit, StandinPullRequest, StandinRepository, StandinUser } from "./model.ts";
import { now, pullsOf, type World } from "./world.ts";

/** What GitHub works out about a pull request from its two branches. */
export interface PullRange {
  readonly base: string;
  readonly head: string;
  readonly mergeBase: string;
  readonly files: readonly StandinFile[];
  readonly commits: readonly StandinCommit[];
}

/** @throws Error if the two have no history in common. */
export async function computeRange(
  world: World,
  repository: StandinRepository,
  base: string,
  head: string,
): Promise<PullRange> {
  const fork = await mergeBase(world.git, repository.gitDir, base, head);
  if (fork === undefined) throw new Error(`${base} and ${head} in ${repository.fullName} have no history in common`);
  const [files, commits] = await Promise.all([
    diffCommits(world.git, repository.gitDir, fork, head),
    listCommits(world.git, repository.gitDir, `${base}..${head}`, ["--reverse", "--topo-order"]),
  ]);
  return { base, head, mergeBase: fork, files, commits };
}

/** Brings open pull requests up to date after a branch of `changed` moved; a moved head is a `synchronize` event. */
export async function refreshPulls(
  world: World,
  changed: StandinRepository,
  branch: string,
  sender: StandinUser,
): Promise<void> {
  for (const repository of world.repositories.values()) {
    for (const pull of pullsOf(repository)) {
      if (pull.state !== "open") continue;
      const headMoved = pull.head.repository === changed && pull.head.ref === branch;
      const baseMoved = repository === changed && pull.base.ref === branch;
      // In order: each refresh writes refs in the same repository.
      // oxlint-disable-next-line no-await-in-loop
      if (headMoved || baseMoved) await refreshPull(world, repository, pull, sender);
    }
  }
}

async function refreshPull(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
  sender: StandinUser,
): Promise<void> {
  const { git } = world;
  const source = pull.head.repository;
  const head = source && (await resolveCommit(git, source.gitDir, `refs/heads/${pull.head.ref}`));
  const base = await resolveCommit(git, repository.gitDir, `refs/heads/${pull.base.ref}`);
  // A deleted branch leaves the pull request as it was.
  if (head === undefined || base === undefined) return;
  await publishHead(world, repository, pull.number, source, head);
  const before = pull.head.sha;
  const previousFiles = pull.files;
  const range = await computeRange(world, repository, base, head);
  applyRange(pull, range);
  if (head === before) return;
  for (const comment of pull.reviewComments) {
    reAnchor(comment, range.files, previousFiles);
    if (!comment.thread.isOutdated) comment.commitId = head;
  }
  pull.updatedAt = now(world);
  pullEvent(world, repository, pull, sender, "synchronize", { before, after: head });
}

export function applyRange(pull: StandinPullRequest, range: PullRange): void {
  pull.base.sha = range.base;
  pull.head.sha = range.head;
  pull.mergeBase = range.mergeBase;
  pull.files = range.files;
  pull.commits = range.commits;
}

/** Makes the head readable in the base repository as `refs/pull/N/head`, fetched from the fork where it lives in one. */
export async function publishHead(
  world: World,
  repository: StandinRepository,
  number: number,
  source: StandinRepository | undefined,
  head: string,
): Promise<void> {
  const ref = `refs/pull/${String(number)}/head`;
  if (source !== undefined && source !== repository) {
    await world.git.read(repository.gitDir, ["fetch", "-q", "--no-tags", source.gitDir, `+${head}:${ref}`]);
    return;
  }
  await updateRef(world.git, repository.gitDir, ref, head);
}

/** Whether a commit belongs to the pull request: its head, or one of its commits, now or before a force-push left it out. */
export function isPullCommit(pull: StandinPullRequest, sha: string): boolean {
  return pull.head.sha === sha || pull.commits.some((commit) => commit.sha === sha);
}
