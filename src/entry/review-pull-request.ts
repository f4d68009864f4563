import * as core from "@actions/core";

import { react, type Reaction } from "../adapters/github/reaction.ts";
import { errorMessage } from "../domain/errors.ts";
import { type ReviewResult, runReview } from "../flow/run-review.ts";
import type { Journal } from "../ports/journal.ts";
import type { ReviewPublisher } from "../ports/review-publisher.ts";
import { jobSummary } from "../render/job-summary.ts";
import { logSafe } from "../render/log-safe.ts";
import type { Surroundings } from "../render/place-link.ts";
import { actionOutputs } from "./action-outputs.ts";
import { cleanReport } from "./clean-report.ts";
import { composePublisher } from "./compose-publisher.ts";
import { composeReview, type ReviewOrder } from "./compose-review.ts";
import { keepReview } from "./keep-review.ts";
import {
  outputFolder,
  type PullRequestOrder,
  repositoryUrl,
  reviewOrder,
  stopRequestsFor,
} from "./pull-request-order.ts";
import { writeReportFiles } from "./report-files.ts";
import { cleaner, runnerLog, secretsOf } from "./runner-log.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** Reviews the pull request and delivers: the review, the status comment, the check, files, outputs and the job summary. */
export async function reviewPullRequest(
  order: PullRequestOrder & { readonly commentId: number | undefined },
  signal: AbortSignal,
): Promise<void> {
  const { inputs, runner, github, commentId } = order;
  const isDry = inputs["dry-run"];
  const clean = cleaner(order);
  const show = async (reaction: Reaction): Promise<void> => {
    if (commentId !== undefined && !isDry) await react(github.write, commentId, reaction, signal);
  };
  const askedMs = SYSTEM_CLOCK.now();
  // Not waited for: a reaction is a courtesy. The next one waits for it.
  const shown = show("eyes");

  const surroundings = {
    repositoryUrl: repositoryUrl(order),
    runUrl: `${repositoryUrl(order)}/actions/runs/${runner.GITHUB_RUN_ID}`,
  };
  const publisher = isDry ? undefined : composePublisher(order, surroundings, clean);
  const log = runnerLog(order);
  const journal: Journal = {
    write(event) {
      log.write(event);
      publisher?.progress(event);
    },
  };
  const deadline = AbortSignal.timeout(inputs["time-limit-minutes"] * 60_000);
  try {
    await using composed = await orderOrAbandon(order, { journal, publisher }, signal);
    using kept = keepReview(composed, {
      folder: outputFolder(order),
      asked: { run: order.run },
      earlier: "resume-if-same",
      secrets: secretsOf(order),
      clean,
    });
    const stopSource = stopRequestsFor(order, askedMs, commentId);
    const parts = { ...composeReview(composed), checkpointFor: kept.checkpointFor, stopSource };
    const result = await runReview(parts, signal, deadline);
    const where = await deliver(result, order, { surroundings, clean });
    const { undelivered, fails, reason } = result;
    if (undelivered !== undefined) {
      const lost = `${undelivered.replace(/\.?$/, ".")} Nothing is lost: the findings are in the job summary and in ${where}`;
      core.setFailed(logSafe(clean(lost)));
    } else if (fails) core.setFailed(logSafe(clean(reason)));
    else core.info(logSafe(clean(reason)));
    await shown;
    if (!signal.aborted) await show(undelivered === undefined ? "rocket" : "confused");
  } catch (error) {
    await shown;
    if (!signal.aborted) await show("confused");
    throw error;
  }
}

/** The order, or, when its options make none, the reason on the pull request, where it was asked for. */
async function orderOrAbandon(
  order: PullRequestOrder,
  parts: { readonly journal: Journal; readonly publisher: ReviewPublisher | undefined },
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
  { inputs, runner }: PullRequestOrder,
  { surroundings, clean }: { readonly surroundings: Surroundings; readonly clean: (text: string) => string },
): Promise<string> {
  const safe = cleanReport(report, clean);
  await core.summary.addRaw(clean(jobSummary(safe, surroundings))).write();
  const folder = outputFolder({ inputs, runner });
  const files = await writeReportFiles(safe, folder, clean);
  for (const [name, value] of Object.entries(actionOutputs(report, files, published))) core.setOutput(name, value);
  for (const degradation of published?.degradations ?? []) core.warning(logSafe(clean(degradation)));
  if (published?.alreadyPublished === true) core.info("This request was answered before; nothing was posted again.");
  return folder;
}
