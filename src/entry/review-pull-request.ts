import { react, type Reaction } from "../adapters/github/reaction.ts";
import { readReviewMemory } from "../adapters/github/review-memory.ts";
import { errorMessage } from "../domain/errors.ts";
import type { Written } from "../domain/trigger.ts";
import type { Precedent } from "../flow/prepare-review.ts";
import { type ReviewResult, runReview } from "../flow/run-review.ts";
import type { Journal } from "../ports/journal.ts";
import type { ReviewPublisher } from "../ports/review-publisher.ts";
import { jobSummary } from "../render/job-summary.ts";
import type { Surroundings } from "../render/place-link.ts";
import { actionOutputs } from "./action-outputs.ts";
import { cleanReport } from "./clean-report.ts";
import { composePublisher } from "./compose-publisher.ts";
import { composeReview, type ReviewOrder } from "./compose-review.ts";
import { folderKeeper } from "./folder-keeper.ts";
import { keepReview } from "./keep-review.ts";
import { type OrderParts, type PullRequestOrder, reviewOrder, stopRequestsFor } from "./pull-request-order.ts";
import { writeReportFiles } from "./report-files.ts";
import { cleaner, secretsOf } from "./runner-log.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { outputFolder, repositoryUrl } from "./world.ts";

/** Reviews the pull request and delivers: the review, the status comment, the check, files, outputs and the job summary. */
export async function reviewPullRequest(
  order: PullRequestOrder & { readonly asked?: Written; readonly precedent?: Precedent },
  signal: AbortSignal,
): Promise<void> {
  const { inputs, host, github, asked } = order;
  const isDry = inputs["dry-run"] || host.helps === true;
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
    const where = await deliver(result, order, { surroundings, clean });
    const { undelivered, fails, reason } = result;
    if (undelivered !== undefined) {
      const lost = `${undelivered.replace(/\.?$/, ".")} Nothing is lost: the findings are ${host.words.keptIn(where)}`;
      host.fail(lost, "undelivered");
    } else if (fails) host.fail(reason);
    else host.info(reason);
    await shown;
    if (!signal.aborted) await show(undelivered === undefined ? "rocket" : "confused");
  } catch (error) {
    await shown;
    if (!signal.aborted) await show("confused");
    throw error;
  }
}

/** What was decided before. A review that cannot learn of it is made all the same, and says so. */
async function precedentOf(
  { github, pull, host, precedent }: Parameters<typeof reviewPullRequest>[0],
  journal: Journal,
  signal: AbortSignal,
): Promise<Precedent> {
  if (precedent !== undefined) return precedent;
  const memory = await readReviewMemory(github.read, pull.number, host.identity, signal);
  if (memory.ok) return { ignored: memory.data.ignored };
  const message = "It could not be read which findings are ignored on this pull request; none is.";
  journal.write({ kind: "degradation", message });
  return { ignored: new Map() };
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

/** Everything but the posts: files, outputs, job summary. Answers with the folder of the files. */
async function deliver(
  { report, published }: ReviewResult,
  { inputs, site, host }: PullRequestOrder,
  { surroundings, clean }: { readonly surroundings: Surroundings; readonly clean: (text: string) => string },
): Promise<string> {
  const safe = cleanReport(report, clean);
  await host.summary(jobSummary(safe, surroundings));
  const folder = outputFolder({ inputs, site });
  const files = await writeReportFiles(safe, folder, clean);
  for (const [name, value] of Object.entries(actionOutputs(report, files, published))) host.output(name, value);
  for (const degradation of published?.degradations ?? []) host.warning(degradation);
  if (published?.alreadyPublished === true) host.info("This request was answered before; nothing was posted again.");
  return folder;
}
