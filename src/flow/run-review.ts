import { ConfigurationError, errorMessage, ExternalError } from "../domain/errors.ts";
import type { FailOn } from "../domain/severity.ts";
import type { Clock } from "../ports/clock.ts";
import type { Detector } from "../ports/detector.ts";
import type { Journal } from "../ports/journal.ts";
import type { Published, ReviewPublisher } from "../ports/review-publisher.ts";
import { type ConductedReview, conductReview } from "./conduct-review.ts";
import { type ClaudeEngine, investigateByClaude } from "./investigate-by-claude.ts";
import { investigateByRules } from "./investigate-by-rules.ts";
import type { PreparedReview } from "./prepare-review.ts";
import { abortReason } from "./task-runtime.ts";

/** What a review is made with. The detector is made from the settings, which are known only once the change is loaded. */
export type ReviewParts = {
  readonly prepare: (signal: AbortSignal) => Promise<PreparedReview>;
  readonly detectorFor: (prepared: PreparedReview, signal: AbortSignal) => Promise<Detector & AsyncDisposable>;
  /** Absent for the rules engine. */
  readonly claudeFor: ((prepared: PreparedReview) => ClaudeEngine) | undefined;
  /** Absent when nothing is to be posted. */
  readonly publisher: ReviewPublisher | undefined;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Overrides the settings. */
  readonly failOn: FailOn | undefined;
};

export type ReviewResult = ConductedReview & {
  readonly prepared: PreparedReview;
  readonly published: Published | undefined;
  /** Why the report was not posted although it was to be: GitHub refused or failed, or the run was cancelled. */
  readonly undelivered?: string;
};

/** How long the last words of a cancelled or failed run may take; the runner kills a cancelled job after about 7 seconds. */
const LAST_WORDS_MS = 5_000;

/**
 * One review from its request to its delivery. `signal` cancels it: then nothing is posted but the word that it was cancelled.
 * `deadline` ends the subtasks early and publishes what there is. A report that could not be posted is still the result.
 */
export async function runReview(parts: ReviewParts, signal: AbortSignal, deadline: AbortSignal): Promise<ReviewResult> {
  const { publisher, journal, clock } = parts;
  // Not waited for: GitHub's pauses between writes must not hold up the first subagent. Publishing waits for it by itself.
  const announced = publisher?.begin(signal);
  try {
    const prepared = await parts.prepare(signal);
    journal.write({ kind: "plan-ready", plan: prepared.plan });
    await using detector = await parts.detectorFor(prepared, signal);
    const investigate =
      parts.claudeFor === undefined
        ? investigateByRules(prepared, detector, clock)
        : investigateByClaude(prepared, parts.claudeFor(prepared), { detector, journal, clock });
    const failOn = parts.failOn ?? prepared.settings.failOn;
    const conducted = await conductReview(prepared, investigate, { journal, clock, failOn }, signal, deadline);
    if (signal.aborted) {
      const undelivered = `cancelled: ${abortReason(signal)}`;
      await publisher?.abandon(undelivered, AbortSignal.timeout(LAST_WORDS_MS));
      return { ...conducted, prepared, published: undefined, undelivered };
    }
    try {
      const published = await publisher?.publish(conducted.report, prepared.changeSet, signal);
      return { ...conducted, prepared, published };
    } catch (error) {
      if (!signal.aborted && !(error instanceof ConfigurationError || error instanceof ExternalError)) throw error;
      const undelivered = endReason(error, signal);
      await publisher?.abandon(undelivered, AbortSignal.timeout(LAST_WORDS_MS));
      return { ...conducted, prepared, published: undefined, undelivered };
    }
  } catch (error) {
    await announced;
    await publisher?.abandon(endReason(error, signal), AbortSignal.timeout(LAST_WORDS_MS));
    throw error;
  }
}

function endReason(error: unknown, signal: AbortSignal): string {
  return signal.aborted ? `cancelled: ${abortReason(signal)}` : errorMessage(error);
}
