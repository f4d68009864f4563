import type { PostedFinding } from "../domain/posted-finding.ts";
import type { Ignored, ReviewRecord, RunMark } from "../domain/review-record.ts";

/** A review of ours on the pull request. */
export type RememberedReview = {
  readonly url: string;
  readonly workflow: string;
  /** What asked for it. */
  readonly run: string;
  readonly head: string;
  readonly record: ReviewRecord;
};

/** What a status comment of ours says now. */
export type RememberedRun = {
  readonly url: string;
  readonly workflow: string;
  readonly run: string;
  readonly head: string;
  readonly state: RunMark["state"];
  /** Its first paragraph: Markdown of ours. */
  readonly text: string;
  /** When it was last written, ISO 8601. */
  readonly updatedAt: string;
};

/** A thread under lines of the diff that begins with a finding of ours. */
export type FindingThread = PostedFinding & {
  /** Of GitHub's GraphQL. */
  readonly nodeId: string;
  readonly firstCommentNodeId: string;
  /** Of the comment that it begins with. */
  readonly id: number;
  /** What asked for the review that it belongs to; absent when that review cannot be told. */
  readonly run?: string;
};

/** What this account has left on a pull request. A mark in somebody else's text is nothing here. */
export type ReviewMemory = {
  /** Who paused automatic reviews; absent when they go on. */
  readonly pausedBy?: string;
  /** By fingerprint. */
  readonly ignored: ReadonlyMap<string, Ignored>;
  /** Newest first. */
  readonly reviews: readonly RememberedReview[];
  /** One for each workflow, the one that was written last first. */
  readonly runs: readonly RememberedRun[];
  /** Oldest first. */
  readonly threads: readonly FindingThread[];
};
