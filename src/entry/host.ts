import type { Journal } from "../ports/journal.ts";
import type { RunKeeper } from "../ports/run-store.ts";

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
  /** Numeric id of the account that our token posts as. */
  readonly identity: number;
  /** The page of this job, for people. */
  readonly runUrl: string;
  /** How a review is kept, so that it can go on after a crash; absent: in the folder of its files. */
  readonly keeper?: RunKeeper;
};
