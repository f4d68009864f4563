import { estimateRun } from "../flow/estimate-run.ts";
import { estimateMarkdown } from "../render/estimate-text.ts";
import { planMarkdown } from "../render/plan-text.ts";
import { prepare } from "./compose-review.ts";
import { type PullRequestOrder, reviewOrder } from "./pull-request-order.ts";
import { cleaner } from "./runner-log.ts";

/** What a review of the pull request would read, as Markdown; also written to the job summary. Asks no model. */
export async function planPullRequest(order: PullRequestOrder, signal: AbortSignal): Promise<string> {
  await using planned = reviewOrder(order, { journal: order.host.journal, publisher: undefined });
  const prepared = await prepare(planned, signal);
  const { modelId, isRegional } = planned.claude ?? {};
  // The rules cost nothing.
  const cost = modelId === undefined ? [] : [estimateMarkdown(estimateRun(prepared, modelId, isRegional), modelId)];
  const text = cleaner(order)([...cost, planMarkdown(prepared.plan)].join("\n\n"));
  await order.host.summary(text);
  return text;
}
