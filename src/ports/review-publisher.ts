import type { ChangeSet } from "../domain/change-set.ts";
import type { RunEvent } from "../domain/event.ts";
import type { Report } from "../domain/report.ts";

/** Where a report landed. Absent fields were not possible or not asked for; each such step has a line in `degradations`. */
export type Published = {
  readonly reviewUrl?: string;
  readonly statusUrl?: string;
  readonly checkUrl?: string;
  /** True when the review of this head by this run key was already there and was left as it is. */
  readonly alreadyPublished: boolean;
  readonly degradations: readonly string[];
};

/** Delivers a review where people read it. Every method is idempotent by the run key that the publisher was made with. */
export interface ReviewPublisher {
  /** Announces the run (status comment, check run in progress). Failures are degradations, never exceptions. */
  begin(signal: AbortSignal): Promise<void>;
  /** Takes note of progress; may update the status comment, at most every few seconds. Never throws and never waits. */
  progress(event: RunEvent): void;
  /**
   * Posts ONE review with body and inline comments, completes status comment and check run.
   * @throws {ConfigurationError} the token lacks the permission to post at all; the text names it and the YAML line.
   * @throws {ExternalError} GitHub is not answering; nothing is posted twice when called again.
   */
  publish(report: Report, changeSet: ChangeSet, signal: AbortSignal): Promise<Published>;
  /** Says in the status comment and the check run that the run ended without a review, and why. Never throws. */
  abandon(reason: string, signal: AbortSignal): Promise<void>;
}
