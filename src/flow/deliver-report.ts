import { ConfigurationError, errorMessage, ExternalError } from "../domain/errors.ts";
import type { Report } from "../domain/report.ts";
import { isMoved, publishesOnStop, stopKindOf } from "../domain/stop.ts";
import type { Published, ReviewPublisher } from "../ports/review-publisher.ts";
import type { PreparedReview } from "./prepare-review.ts";
import { abortReason } from "./task-runtime.ts";

/** How long the last words of a stopped or failed run may take; the runner kills a cancelled job after about 7 seconds. */
export const LAST_WORDS_MS = 5_000;

/** `undelivered`: why the report was not posted although there is one: GitHub refused or failed, or the run was stopped. */
export type Delivery = { readonly published: Published | undefined; readonly undelivered?: string };

/**
 * Posts the report; of a stopped run as `publishesOnStop` says, and within LAST_WORDS_MS. Where nothing is posted, the status comment
 * says so and why. Without a publisher nothing is to be posted.
 * @throws the signal's reason when the run goes on in another process, which will deliver it.
 */
export async function deliverReport(
  report: Report,
  { changeSet, settings }: Pick<PreparedReview, "changeSet" | "settings">,
  publisher: ReviewPublisher | undefined,
  signal: AbortSignal,
): Promise<Delivery> {
  if (publisher === undefined) return { published: undefined };
  if (isMoved(signal)) throw signal.reason;
  const isStopped = signal.aborted;
  const found = report.findings.length;
  if (isStopped && !publishesOnStop(stopKindOf(signal), settings.onStop, found)) {
    const rest = found === 0 ? "nothing had been found until then" : `the ${found} findings until then were discarded`;
    return abandoned(publisher, `cancelled: ${abortReason(signal)}; ${rest}`);
  }
  try {
    const patience = isStopped ? AbortSignal.timeout(LAST_WORDS_MS) : signal;
    return { published: await publisher.publish(report, changeSet, patience) };
  } catch (error) {
    const isExpected = error instanceof ConfigurationError || error instanceof ExternalError;
    if (isMoved(signal) || (!signal.aborted && !isExpected)) throw error;
    const why = isStopped ? `${abortReason(signal)}; what had been found could not be published` : abortReason(signal);
    return abandoned(publisher, signal.aborted ? `cancelled: ${why}` : errorMessage(error));
  }
}

async function abandoned(publisher: ReviewPublisher, undelivered: string): Promise<Delivery> {
  await publisher.abandon(undelivered, AbortSignal.timeout(LAST_WORDS_MS));
  return { published: undefined, undelivered };
}
