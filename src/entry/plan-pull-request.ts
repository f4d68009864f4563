import * as core from "@actions/core";

import { planMarkdown } from "../render/plan-text.ts";
import { prepare } from "./compose-review.ts";
import { type PullRequestOrder, reviewOrder } from "./pull-request-order.ts";
import { cleaner, runnerLog } from "./runner-log.ts";

/** What a review of the pull request would read, as Markdown; also written to the job summary. Asks no model. */
export async function planPullRequest(order: PullRequestOrder, signal: AbortSignal): Promise<string> {
  await using planned = reviewOrder(order, { journal: runnerLog(order.inputs), publisher: undefined });
  const { plan } = await prepare(planned, signal);
  const text = cleaner(order.inputs)(planMarkdown(plan));
  await core.summary.addRaw(text).write();
  return text;
}
