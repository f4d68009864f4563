import { join } from "node:path";

import * as core from "@actions/core";

import { react, type Reaction } from "../adapters/github/reaction.ts";
import { runReview } from "../flow/run-review.ts";
import type { Journal } from "../ports/journal.ts";
import { jobSummary } from "../render/job-summary.ts";
import { logSafe } from "../render/log-safe.ts";
import { actionOutputs } from "./action-outputs.ts";
import { composePublisher } from "./compose-publisher.ts";
import { composeReview } from "./compose-review.ts";
import { type PullRequestOrder, repositoryUrl, reviewOrder } from "./pull-request-order.ts";
import { writeReportFiles } from "./report-files.ts";
import { cleaner, runnerLog } from "./runner-log.ts";

/** Reviews the pull request and delivers: the review, the status comment, the check, files, outputs and the job summary. */
export async function reviewPullRequest(
  order: PullRequestOrder & { readonly commentId: number | undefined },
  signal: AbortSignal,
): Promise<void> {
  const { inputs, runner, github, commentId } = order;
  const isDry = inputs["dry-run"];
  const clean = cleaner(inputs);
  const say = (text: string): string => logSafe(clean(text));
  const show = async (reaction: Reaction): Promise<void> => {
    if (commentId !== undefined && !isDry) await react(github.write, commentId, reaction, signal);
  };
  await show("eyes");

  const surroundings = {
    repositoryUrl: repositoryUrl(order),
    runUrl: `${repositoryUrl(order)}/actions/runs/${runner.GITHUB_RUN_ID}`,
  };
  const publisher = isDry ? undefined : composePublisher(order, surroundings, clean);
  const log = runnerLog(inputs);
  const journal: Journal = {
    write(event) {
      log.write(event);
      publisher?.progress(event);
    },
  };
  await using composed = reviewOrder(order, { journal, publisher });
  const deadline = AbortSignal.timeout(inputs["time-limit-minutes"] * 60_000);
  try {
    const { report, published, fails, reason } = await runReview(composeReview(composed), signal, deadline);
    const folder = inputs["output-dir"] ?? join(runner.RUNNER_TEMP, "parallel-review");
    const files = await writeReportFiles(report, folder, clean);
    for (const [name, value] of Object.entries(actionOutputs(report, files, published))) core.setOutput(name, value);
    await core.summary.addRaw(clean(jobSummary(report, surroundings))).write();
    for (const degradation of published?.degradations ?? []) core.warning(say(degradation));
    if (published?.alreadyPublished === true) core.info("This request was answered before; nothing was posted again.");
    await show("rocket");
    if (fails) core.setFailed(say(reason));
    else core.info(say(reason));
  } catch (error) {
    if (!signal.aborted) await show("confused");
    throw error;
  }
}
