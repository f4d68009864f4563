import { react } from "../adapters/github/reaction.ts";
import type { ReviewRequested } from "./pull-request-order.ts";
import { reviewPullRequest } from "./review-pull-request.ts";

/** The whole review, or the part of it that this job's stage is for. */
export async function reviewInStages(order: ReviewRequested, signal: AbortSignal): Promise<void> {
  const { stage } = order.inputs;
  switch (stage) {
    case "gate":
      return letPass(order, signal);
    case "all":
    case "analyze":
      return reviewPullRequest(order, signal);
    case "publish":
      return (await import("./publish-review.ts")).publishReview(order, signal);
    default:
      return stage satisfies never;
  }
}

/** Lets the next jobs begin: there is a review to be made, and whoever asked for it may. */
async function letPass({ inputs, host, github, pull, asked }: ReviewRequested, signal: AbortSignal): Promise<void> {
  if (asked !== undefined && !inputs["dry-run"]) await react(github.write, asked, "eyes", signal);
  host.output("matrix", JSON.stringify(["1/1"]));
  host.info(`Pull request #${pull.number} is to be reviewed at ${pull.head}.`);
}
