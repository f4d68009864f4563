import type { RateLedgers } from "../flow/scheduler/rate-ledger.ts";
import type { Journal } from "../ports/journal.ts";
import type { RunKeeper } from "../ports/run-store.ts";
import type { SharedWork } from "../ports/shared-work.ts";

/** How a host is spoken of to the people who read what its jobs say. */
type HostWords = {
  /** Who decides what neither the repository's settings nor a comment do: `the workflow`. */
  readonly decider: string;
  /** What is to be done where there is no way to Claude; an imperative without a full stop. */
  readonly howToSet: string;
  /** Where people find a result that did not reach the pull request. `folder` holds the files of the run. */
  readonly keptIn: (folder: string) => string;
  /** Where people find the whole of a report that an answer had to cut, as Markdown. `url`: the page of the run. */
  readonly wholeAt: (url: string) => string;
};

/**
 * Where a job runs: how it speaks to whoever watches it, and who it is on GitHub. The host takes our secrets out of every text, and makes
 * it safe for where it is shown.
 */
export type Host = {
  /** One line, or several. */
  info(text: string): void;
  warning(text: string): void;
  /**
   * The job has failed, though it may go on to tell more. The last text counts. `undelivered`: there is a result, and what stands between
   * it and the pull request may pass.
   */
  fail(text: string, why?: "undelivered"): void;
  /** A value for the steps, or the people, that come after: a number, a path, an address or a word of ours. */
  output(name: string, value: string): void;
  /** Adds to what people read about the job, beside the log. */
  summary(markdown: string): Promise<void>;
  /** Progress. */
  readonly journal: Journal;
  /** Whether strangers can read the progress where the repository is public, as they can the log of a workflow. */
  readonly isProgressPublic: boolean;
  /** Numeric id of the account that our token posts as. */
  readonly identity: number;
  readonly words: HostWords;
  /** The page of this job, for people. */
  readonly runUrl: string;
  /** A fresh token of who this job is, for whoever trusts the host; absent where the job may not have one. */
  readonly identityToken?: (audience: string) => Promise<string>;
  /** What the jobs of this process know of the limits of the account that pays; absent where a process has one job. */
  readonly ledgers?: RateLedgers;
  /** How a run is kept, so that it can go on after a crash; absent: a review in the folder of its files, and audits not at all. */
  readonly keeper?: RunKeeper;
  /** Ends what else waits or runs for the pull request; absent where every job stands alone and sees a stop by itself. */
  readonly stopOthers?: (pullRequest: number, reason: string, signal: AbortSignal) => Promise<void>;
  /** Whether another job carried out this run of the pull request; absent where jobs know nothing of each other. */
  readonly wasDone?: (run: string) => Promise<boolean>;
  /** Other processes that may share a review or an audit; absent where there are none. */
  readonly sharedWork?: SharedWork;
  /** True where this process only helps another one with its run: that one speaks, this one does not. */
  readonly helps?: boolean;
};
