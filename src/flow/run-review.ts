import { errorMessage } from "../domain/errors.ts";
import type { FailOn } from "../domain/severity.ts";
import { isMoved } from "../domain/stop.ts";
import type { Clock } from "../ports/clock.ts";
import type { Detector } from "../ports/detector.ts";
import type { Journal } from "../ports/journal.ts";
import type { ReviewPublisher } from "../ports/review-publisher.ts";
import type { SharedWork } from "../ports/shared-work.ts";
import type { StopSource } from "../ports/stop-source.ts";
import type { Checkpoint } from "./checkpoint/checkpoint.ts";
import type { ClaudeEngine } from "./claude-engine.ts";
import { type ConductedReview, conductReview } from "./conduct-review.ts";
import { type Delivery, deliverReport, LAST_WORDS_MS } from "./deliver-report.ts";
import { investigateByClaude } from "./investigate-by-claude.ts";
import { investigateByRules } from "./investigate-by-rules.ts";
import { joinRun, type JoinedRun } from "./join-run.ts";
import type { PreparedReview } from "./prepare-review.ts";
import { abortReason } from "./task-runtime.ts";
import { verifyByClaude } from "./verify-findings.ts";
import { watchForStop } from "./watch-for-stop.ts";

/** What a review is made with. The detector is made from the settings, which are known only once the change is loaded. */
export type ReviewParts = {
  readonly prepare: (signal: AbortSignal) => Promise<PreparedReview>;
  readonly detectorFor: (prepared: PreparedReview, signal: AbortSignal) => Promise<Detector & AsyncDisposable>;
  /** Absent for the rules engine. */
  readonly claudeFor: ((prepared: PreparedReview, purseFor: JoinedRun["purse"]) => ClaudeEngine) | undefined;
  /** How the run is kept; absent when it is not. */
  readonly checkpointFor?:
    | ((prepared: PreparedReview, signal: AbortSignal) => Promise<Checkpoint | undefined>)
    | undefined;
  /** Other processes that do the same run; absent when there are none. Needs `checkpointFor`. */
  readonly sharedWork?: SharedWork | undefined;
  /** Where somebody may ask for the run to stop. */
  readonly stopSource?: StopSource | undefined;
  /** Absent when nothing is to be posted. */
  readonly publisher: ReviewPublisher | undefined;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Overrides the settings. */
  readonly failOn: FailOn | undefined;
};

export type ReviewResult = ConductedReview & Delivery & { readonly prepared: PreparedReview };

/**
 * One review from its request to its delivery. `signal`, or a stop request, ends it at once: then what was found is published or
 * discarded as `publishesOnStop` says, and the status comment says which. `deadline` ends the subtasks early and publishes
 * what there is. A report that could not be posted is still the result.
 */
export async function runReview(
  parts: ReviewParts,
  interruption: AbortSignal,
  deadline: AbortSignal,
): Promise<ReviewResult> {
  const { publisher } = parts;
  using watch = watchForStop(parts.stopSource, parts.clock, interruption);
  const { signal } = watch;
  // Not waited for: GitHub's pauses between writes must not hold up the first subagent. Publishing waits for it by itself.
  const announced = publisher?.begin(signal);
  try {
    const planned = await parts.prepare(signal);
    const checkpoint = await parts.checkpointFor?.(planned, signal);
    const size = { subtasks: planned.plan.subtasks.length, concurrency: planned.request.concurrency };
    const joined = await joinRun({ ...parts, checkpoint, sharedWork: parts.sharedWork }, size, signal);
    const { clock, journal, keep, concurrency } = joined;
    const prepared = { ...planned, request: { ...planned.request, concurrency } };
    journal.write({ kind: "plan-ready", plan: prepared.plan });
    await using detector = await parts.detectorFor(prepared, signal);
    const paid = parts.claudeFor?.(prepared, joined.purse);
    const engine = paid === undefined ? undefined : joined.inLanes(paid);
    const investigate =
      engine === undefined
        ? investigateByRules(prepared, detector, clock)
        : investigateByClaude(prepared, engine, { detector, journal, clock });
    const isVerified = engine !== undefined && prepared.settings.quality.verify === "on";
    const verify = isVerified ? verifyByClaude(prepared, engine, { journal, clock, keep }) : undefined;
    const failOn = parts.failOn ?? prepared.settings.failOn;
    const conducted = await conductReview(
      prepared,
      keep?.(investigate) ?? investigate,
      { journal, clock, failOn, checkpoint, verify },
      signal,
      deadline,
    );
    return { ...conducted, prepared, ...(await deliverReport(conducted.report, prepared, publisher, signal)) };
  } catch (error) {
    await announced;
    if (!isMoved(signal)) await publisher?.abandon(endReason(error, signal), AbortSignal.timeout(LAST_WORDS_MS));
    throw error;
  }
}

function endReason(error: unknown, signal: AbortSignal): string {
  return signal.aborted ? `cancelled: ${abortReason(signal)}` : errorMessage(error);
}
