import { pullEvent, type StandinEvent } from "./events.ts";
import { resolveCommit } from "./git/git-store.ts";
import { updateRef } from "./git/git-write.ts";
import type { StandinPullRequest, StandinRepository } from "./model.ts";
import { applyRange, computeRange, publishHead } from "./pull-state.ts";
import { now, requirePull, user, type World } from "./world.ts";

export interface NewPullRequest {
  /** Branch names; the head may live in a fork. */
  readonly base: string;
  readonly head: string;
  readonly title: string;
  readonly body?: string;
  /** Login; the owner of the head's repository if not given. */
  readonly author?: string;
  readonly draft?: boolean;
  readonly fork?: StandinRepository;
}

/** @throws Error if a branch is missing or the two share no history. */
export async function openPullRequest(
  world: World,
  repository: StandinRepository,
  wanted: NewPullRequest,
): Promise<{ pull: StandinPullRequest; event: StandinEvent }> {
  const source = wanted.fork ?? repository;
  const head = await resolveCommit(world.git, source.gitDir, `refs/heads/${wanted.head}`);
  const base = await resolveCommit(world.git, repository.gitDir, `refs/heads/${wanted.base}`);
  if (head === undefined) throw new Error(`${source.fullName} has no branch ${wanted.head}`);
  if (base === undefined) throw new Error(`${repository.fullName} has no branch ${wanted.base}`);
  const number = nextNumber(repository);
  await publishHead(world, repository, number, source, head);
  const range = await computeRange(world, repository, base, head);
  const author = user(world, wanted.author ?? source.owner.login);
  const pull: StandinPullRequest = {
    kind: "pull",
    number,
    id: world.nextId(),
    author,
    title: wanted.title,
    body: wanted.body ?? null,
    state: "open",
    locked: false,
    labels: [],
    comments: [],
    createdAt: now(world),
    updatedAt: now(world),
    draft: wanted.draft ?? false,
    base: { ref: wanted.base, sha: base },
    head: { ref: wanted.head, sha: head, owner: source.owner, repository: source },
    mergeBase: range.mergeBase,
    files: [],
    commits: [],
    reviews: [],
    reviewComments: [],
    edits: [],
  };
  applyRange(pull, range);
  repository.issues.set(number, pull);
  return { pull, event: pullEvent(world, repository, pull, author, "opened") };
}

export function nextNumber(repository: StandinRepository): number {
  return Math.max(0, ...repository.issues.keys()) + 1;
}

export type PullChange =
  | "close"
  | "reopen"
  | "merge"
  | "draft"
  | "ready"
  | "lock"
  | "unlock"
  | "delete-head-repository";

/** Changes the state of a pull request as its author or a maintainer would on the page. */
export async function changePull(
  world: World,
  repository: StandinRepository,
  number: number,
  login: string,
  change: PullChange,
): Promise<void> {
  const pull = requirePull(repository, String(number));
  const sender = user(world, login);
  pull.updatedAt = now(world);
  switch (change) {
    case "close":
      pull.state = "closed";
      pull.closedAt = now(world);
      pullEvent(world, repository, pull, sender, "closed");
      break;
    case "reopen":
      pull.state = "open";
      pull.closedAt = undefined;
      pullEvent(world, repository, pull, sender, "reopened");
      break;
    case "merge":
      await mergePull(world, repository, pull);
      pull.mergedBy = sender;
      pullEvent(world, repository, pull, sender, "closed");
      break;
    case "draft":
      pull.draft = true;
      pullEvent(world, repository, pull, sender, "converted_to_draft");
      break;
    case "ready":
      pull.draft = false;
      pullEvent(world, repository, pull, sender, "ready_for_review");
      break;
    case "lock":
    case "unlock":
      pull.locked = change === "lock";
      break;
    case "delete-head-repository":
      if (pull.head.repository !== undefined) world.repositories.delete(pull.head.repository.fullName.toLowerCase());
      pull.head.repository = undefined;
      break;
  }
}

/** Only what readers of a merged pull request see: state and times, and the base moved to the head (a fast-forward merge). */
async function mergePull(world: World, repository: StandinRepository, pull: StandinPullRequest): Promise<void> {
  pull.state = "closed";
  pull.closedAt = now(world);
  pull.mergedAt = pull.closedAt;
  pull.mergeCommitSha = pull.head.sha;
  await updateRef(world.git, repository.gitDir, `refs/heads/${pull.base.ref}`, pull.head.sha);
}
