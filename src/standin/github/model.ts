/**
 * What this stand-in remembers: the read model of tests and of the pull request page.
 * Every object is live and belongs to the server: read it, never write it. Times are ISO 8601 in UTC without fractions.
 */
import type { StandinCheckRun } from "./model-checks.ts";
import type { StandinFile } from "./model-diff.ts";

export type AccessLevel = "none" | "read" | "triage" | "write" | "maintain" | "admin";

export interface StandinUser {
  readonly login: string;
  readonly id: number;
  readonly type: "User" | "Bot";
  readonly name: string;
  readonly email: string;
}

export interface StandinReaction {
  readonly id: number;
  readonly user: StandinUser;
  readonly content: string;
  readonly createdAt: string;
}

export interface StandinLabel {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface StandinIssueComment {
  readonly id: number;
  readonly author: StandinUser;
  /** Number of the issue or pull request it stands under. */
  readonly issueNumber: number;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
  /** The classifier it was minimized with, such as `OUTDATED`; undefined while it is shown. */
  minimizedReason?: string | undefined;
  readonly reactions: StandinReaction[];
}

export interface StandinIssue {
  readonly kind: "issue" | "pull";
  readonly number: number;
  readonly id: number;
  readonly author: StandinUser;
  title: string;
  body: string | null;
  state: "open" | "closed";
  locked: boolean;
  /** Names, in the order they were added. */
  labels: string[];
  readonly comments: StandinIssueComment[];
  readonly createdAt: string;
  updatedAt: string;
  closedAt?: string | undefined;
  /** Who changed the body after it was made, oldest first. */
  readonly edits: { readonly editor: StandinUser; readonly at: string }[];
}

export type ReviewState = "PENDING" | "COMMENTED" | "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED";

export interface StandinReview {
  readonly id: number;
  readonly author: StandinUser;
  body: string;
  state: ReviewState;
  readonly commitId: string;
  submittedAt?: string | undefined;
  minimizedReason?: string | undefined;
}

export type DiffSide = "LEFT" | "RIGHT";

export interface StandinThread {
  readonly id: number;
  readonly path: string;
  readonly subjectType: "line" | "file";
  resolvedBy?: StandinUser | undefined;
  /** True once the anchored text is no longer in the diff: the comments' `line` is then undefined. */
  isOutdated: boolean;
}

export interface StandinReviewComment {
  readonly id: number;
  readonly author: StandinUser;
  readonly reviewId: number;
  readonly thread: StandinThread;
  readonly path: string;
  body: string;
  /** The head at the time of the last re-anchoring. */
  commitId: string;
  readonly originalCommitId: string;
  readonly side: DiffSide;
  /** 1-based, in the version `side` names; undefined for file comments and outdated ones. */
  line?: number | undefined;
  readonly originalLine?: number | undefined;
  startLine?: number | undefined;
  readonly originalStartLine?: number | undefined;
  readonly startSide?: DiffSide | undefined;
  /** Lines below the first hunk header of the patch, as GitHub's old `position` counts. */
  position?: number | undefined;
  readonly originalPosition?: number | undefined;
  /** The hunk from its header to the anchored line. */
  readonly diffHunk: string;
  readonly inReplyTo?: number | undefined;
  readonly createdAt: string;
  updatedAt: string;
  minimizedReason?: string | undefined;
  readonly reactions: StandinReaction[];
}

export interface StandinCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string; readonly date: string };
  readonly committer: { readonly name: string; readonly email: string; readonly date: string };
}

export interface StandinPullRequest extends StandinIssue {
  readonly kind: "pull";
  draft: boolean;
  base: { ref: string; sha: string };
  /** `repository` is undefined when the fork was deleted. */
  head: { ref: string; sha: string; owner: StandinUser; repository: StandinRepository | undefined };
  /** The diff is `mergeBase..head`. */
  mergeBase: string;
  /** Every changed file, in path order, however many the API would list. */
  files: readonly StandinFile[];
  /** Oldest first. */
  commits: readonly StandinCommit[];
  mergedAt?: string | undefined;
  mergedBy?: StandinUser | undefined;
  mergeCommitSha?: string | undefined;
  readonly reviews: StandinReview[];
  /** All of them, those of pending reviews too, oldest first. */
  readonly reviewComments: StandinReviewComment[];
}

interface StandinSarifUpload {
  readonly id: string;
  readonly commitSha: string;
  readonly ref: string;
  /** As sent: gzip, then base64. */
  readonly sarif: string;
}

interface StandinDispatch {
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface StandinRepository {
  readonly id: number;
  readonly owner: StandinUser;
  readonly name: string;
  /** `owner/name`. */
  readonly fullName: string;
  private: boolean;
  archived: boolean;
  readonly parent: StandinRepository | undefined;
  defaultBranch: string;
  readonly createdAt: string;
  /** The bare repository on disk. */
  readonly gitDir: string;
  /** By login; who is missing has `read` on a public repository and nothing on a private one. */
  readonly collaborators: Map<string, AccessLevel>;
  /** Pull requests are in here too, under the same number. */
  readonly issues: Map<number, StandinIssue | StandinPullRequest>;
  readonly labels: Map<string, StandinLabel>;
  readonly checkRuns: StandinCheckRun[];
  readonly sarifUploads: StandinSarifUpload[];
  readonly dispatches: StandinDispatch[];
}

export function isPull(issue: StandinIssue | StandinPullRequest | undefined): issue is StandinPullRequest {
  return issue?.kind === "pull";
}
