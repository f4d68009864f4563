import { react, type Reaction } from "../adapters/github/reaction.ts";
import { readReviewMemory } from "../adapters/github/review-memory.ts";
import { errorMessage } from "../domain/errors.ts";
import { NO_PRECEDENT, type Precedent } from "../flow/prepare-review.ts";
import { runReview } from "../flow/run-review.ts";
import type { Journal } from "../ports/journal.ts";
import type { ReviewPublisher } from "../ports/review-publisher.ts";
import { composePublisher } from "./compose-publisher.ts";
import { composeReview, type ReviewOrder } from "./compose-review.ts";
import { deliverResult } from "./deliver-result.ts";
import { folderKeeper } from "./folder-keeper.ts";
import { keepReview } from "./keep-review.ts";
import { precedentIn } from "./precedent-in.ts";
import {
  type OrderParts,
  type PullRequestOrder,
  type ReviewRequested,
  reviewOrder,
  stopRequestsFor,
} from "./pull-request-order.ts";
import { cleaner, secretsOf } from "./runner-log.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { outputFolder, repositoryUrl } from "./world.ts";

/** Reviews the pull request and delivers: the review, the status comment, the check, files, outputs and the job summary. */
export async function reviewPullRequest(order: ReviewRequested, signal: AbortSignal): Promise<void> {
  const { inputs, host, github, asked } = order;
  // Of a review in stages the analysis posts nothing: it may not.
  const isDry = inputs["dry-run"] || inputs.stage === "analyze" || host.helps === true;
  const clean = cleaner(order);
  const show = async (reaction: Reaction): Promise<void> => {
    if (asked !== undefined && !isDry) await react(github.write, asked, reaction, signal);
  };
  const askedMs = SYSTEM_CLOCK.now();
  // Not waited for: a reaction is a courtesy. The next one waits for it.
  const shown = show("eyes");

  const surroundings = { repositoryUrl: repositoryUrl(order), runUrl: host.runUrl };
  const publisher = isDry ? undefined : composePublisher(order, surroundings, clean);
  const journal: Journal = {
    write(event) {
      host.journal.write(event);
      publisher?.progress(event);
    },
  };
  const deadline = AbortSignal.timeout(inputs["time-limit-minutes"] * 60_000);
  try {
    await using composed = await orderOrAbandon(
      order,
      { journal, publisher, readPrecedent: () => precedentOf(order, journal, signal) },
      signal,
    );
    const folder = { folder: outputFolder(order), secrets: secretsOf(order), clean };
    const keeper = host.keeper ?? folderKeeper(folder, "resume-if-same", journal);
    await using kept = keepReview(composed, { keeper, asked: { run: order.run }, earlier: "resume-if-same" });
    const stopSource = stopRequestsFor(order, askedMs, asked);
    const parts = {
      ...composeReview(composed),
      checkpointFor: kept.checkpointFor,
      sharedWork: host.sharedWork,
      stopSource,
    };
    const result = await runReview(parts, signal, deadline);
    if (host.helps === true) return;
    await deliverResult(result, order, { surroundings, clean });
    await shown;
    if (!signal.aborted) await show(result.undelivered === undefined ? "rocket" : "confused");
  } catch (error) {
    await shown;
    if (!signal.aborted) await show("confused");
    throw error;
  }
}

/** What was decided before. A review that cannot learn of it is made all the same, and says so. */
async function precedentOf(
  { github, pull, host, run, precedent }: ReviewRequested,
  journal: Journal,
  signal: AbortSignal,
): Promise<Precedent> {
  if (precedent !== undefined) return precedent;
  const memory = await readReviewMemory(github.read, pull.number, host.identity, signal);
  if (memory.ok) return precedentIn(memory.data, run);
  const message =
    "It could not be read which findings are ignored or have a comment on this pull request already; none is taken to be.";
  journal.write({ kind: "degradation", message });
  return NO_PRECEDENT;
}

/** The order, or, when its options make none, the reason on the pull request, where it was asked for. */
async function orderOrAbandon(
  order: PullRequestOrder,
  parts: OrderParts & { readonly publisher: ReviewPublisher | undefined },
  signal: AbortSignal,
): Promise<ReviewOrder & AsyncDisposable> {
  try {
    return reviewOrder(order, parts);
  } catch (error) {
    await parts.publisher?.abandon(errorMessage(error), signal);
    throw error;
  }
}
