import { printDecision } from "../../render/small-marks.ts";
import type { Reply } from "../answer-comment.ts";
import { type CommentOrder, memoryOf } from "./comment-order.ts";

/** `pause`: a push starts no review any more; people still can. The answer is the memory. */
export async function pauseReviews(order: CommentOrder, signal: AbortSignal): Promise<Reply> {
  const { pausedBy } = await memoryOf(order, signal);
  if (pausedBy !== undefined) {
    const text = `Automatic reviews are paused here already. \`/parallel-review resume\` turns them on again.`;
    return { text, reaction: "rocket" };
  }
  const text =
    "Automatic reviews of this pull request are paused: pushes start none. `/parallel-review` still does, and `/parallel-review resume` turns them on again.";
  const decision = { kind: "pause", by: order.asked.commenter.login } as const;
  return { text: `${text}\n\n${printDecision(decision)}`, reaction: "rocket" };
}
