import { join } from "node:path";

import { issueCommentEvent, pullEvent, pushEvent, reviewCommentEvent, type StandinEvent } from "./events.ts";
import { createBareRepository, importRefs, resolveCommit } from "./git/git-store.ts";
import { commitFiles, deleteRef, updateRef, type FileContent } from "./git/git-write.ts";
import type {
  AccessLevel,
  StandinIssueComment,
  StandinPullRequest,
  StandinRepository,
  StandinReview,
  StandinReviewComment,
} from "./model.ts";
import { applyRange, computeRange, publishHead, refreshPulls } from "./pull-state.ts";
import { replyComment } from "./routes/review-threads.ts";
import { findRepository, now, requireIssue, requirePull, user, type World } from "./world.ts";

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly private?: boolean;
  /** `main` if not given. */
  readonly defaultBranch?: string;
  readonly collaborators?: Readonly<Record<string, AccessLevel>>;
  /** Makes it a fork of that repository, with its branches. */
  readonly forkOf?: StandinRepository;
}

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

export interface Push {
  readonly message?: string;
  /** Login; the owner of the repository if not given. */
  readonly author?: string;
  /** Branch or commit a new branch starts from; the default branch if not given, and nothing in an empty repository. */
  readonly from?: string;
}

export async function addRepository(world: World, wanted: NewRepository): Promise<StandinRepository> {
  const fullName = `${wanted.owner}/${wanted.name}`;
  if (findRepository(world, wanted.owner, wanted.name) !== undefined) throw new Error(`${fullName} exists already`);
  const gitDir = join(world.root, wanted.owner, `${wanted.name}.git`);
  const defaultBranch = wanted.defaultBranch ?? wanted.forkOf?.defaultBranch ?? "main";
  await createBareRepository(world.git, gitDir, defaultBranch);
  if (wanted.forkOf !== undefined) {
    await world.git.read(gitDir, ["fetch", "-q", wanted.forkOf.gitDir, "+refs/heads/*:refs/heads/*"]);
  }
  const repository: StandinRepository = {
    id: world.nextId(),
    owner: user(world, wanted.owner),
    name: wanted.name,
    fullName,
    private: wanted.private ?? false,
    archived: false,
    parent: wanted.forkOf,
    defaultBranch,
    createdAt: now(world),
    gitDir,
    collaborators: new Map(Object.entries(wanted.collaborators ?? {})),
    issues: new Map(),
    labels: new Map(),
    checkRuns: [],
    sarifUploads: [],
    dispatches: [],
  };
  for (const login of repository.collaborators.keys()) user(world, login);
  world.repositories.set(fullName.toLowerCase(), repository);
  return repository;
}

/** Takes branches out of a repository on disk: branch here -> revision there. */
export async function importBranches(
  world: World,
  repository: StandinRepository,
  source: string,
  branches: Readonly<Record<string, string>>,
): Promise<void> {
  const refs = Object.fromEntries(Object.entries(branches).map(([name, revision]) => [`refs/heads/${name}`, revision]));
  await importRefs(world.git, repository.gitDir, source, refs);
  for (const branch of Object.keys(branches)) {
    // oxlint-disable-next-line no-await-in-loop
    await refreshPulls(world, repository, branch, repository.owner);
  }
}

/** Commits files on a branch as a person would push them (a string names a commit to move to). Returns the new tip. */
export async function push(
  world: World,
  repository: StandinRepository,
  branch: string,
  change: string | Readonly<Record<string, FileContent>>,
  options: Push = {},
): Promise<string> {
  const author = user(world, options.author ?? repository.owner.login);
  const ref = `refs/heads/${branch}`;
  const before = await resolveCommit(world.git, repository.gitDir, ref);
  if (typeof change === "string") {
    await updateRef(world.git, repository.gitDir, ref, change);
    await refreshPulls(world, repository, branch, author);
    pushEvent(world, repository, { branch, before, after: change, files: undefined }, author);
    return change;
  }
  const start = options.from ?? repository.defaultBranch;
  const parent = before ?? (await resolveCommit(world.git, repository.gitDir, start));
  const sha = await commitFiles(world.git, repository.gitDir, {
    ref,
    parent,
    files: change,
    message: options.message ?? `Update ${Object.keys(change).join(", ").slice(0, 60)}`,
    author: { name: author.name, email: author.email, date: world.clock() },
  });
  await refreshPulls(world, repository, branch, author);
  pushEvent(world, repository, { branch, before, after: sha, files: change }, author);
  return sha;
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

/** A person comments on an issue or pull request. */
export function comment(
  world: World,
  repository: StandinRepository,
  number: number,
  login: string,
  body: string,
): { comment: StandinIssueComment; event: StandinEvent } {
  const issue = requireIssue(repository, String(number));
  const author = user(world, login);
  const made: StandinIssueComment = {
    id: world.nextId(),
    author,
    issueNumber: number,
    body,
    createdAt: now(world),
    updatedAt: now(world),
    reactions: [],
  };
  issue.comments.push(made);
  issue.updatedAt = made.createdAt;
  return { comment: made, event: issueCommentEvent(world, repository, made, author, "created") };
}

/** A person answers in the thread that begins with that comment, under lines of the diff. */
export function replyTo(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
  first: StandinReviewComment,
  login: string,
  body: string,
): { comment: StandinReviewComment; event: StandinEvent } {
  const author = user(world, login);
  const review: StandinReview = {
    id: world.nextId(),
    author,
    body: "",
    state: "COMMENTED",
    commitId: first.commitId,
    submittedAt: now(world),
  };
  pull.reviews.push(review);
  const made = replyComment(world, review, first, body);
  pull.reviewComments.push(made);
  pull.updatedAt = made.createdAt;
  return { comment: made, event: reviewCommentEvent(world, repository, pull, made, author, "created") };
}

/** A person edits a comment, their own or somebody else's. */
export function editComment(
  world: World,
  repository: StandinRepository,
  edited: StandinIssueComment,
  login: string,
  body: string,
): StandinEvent {
  const previous = edited.body;
  edited.body = body;
  edited.updatedAt = now(world);
  return issueCommentEvent(world, repository, edited, user(world, login), "edited", previous);
}

/** A person edits the text of an issue, as a click on one of its checkboxes does. */
export function editIssue(
  world: World,
  repository: StandinRepository,
  number: number,
  login: string,
  body: string,
): void {
  const issue = requireIssue(repository, String(number));
  issue.body = body;
  issue.updatedAt = now(world);
  issue.edits.push({ editor: user(world, login), at: issue.updatedAt });
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

export async function deleteBranch(world: World, repository: StandinRepository, branch: string): Promise<void> {
  await deleteRef(world.git, repository.gitDir, `refs/heads/${branch}`);
}
