import type { RememberedReview, RememberedRun } from "../../ports/review-memory.ts";
import { codeSpan } from "../../render/fence.ts";
import { counted } from "../../render/figures.ts";
import { inlineText } from "../../render/neutralize.ts";
import type { Reply } from "../answer-comment.ts";
import { type CommentOrder, memoryOf } from "./comment-order.ts";

/** `status`: what runs or ran last, as our own posts on the pull request say. */
export async function showStatus(order: CommentOrder, signal: AbortSignal): Promise<Reply> {
  const { pull } = order;
  const { pausedBy, runs, reviews, ignored } = await memoryOf(order, signal);
  const [last] = reviews;
  const parts = [
    ...(runs.length === 0
      ? ["Nothing has run on this pull request yet: comment `/parallel-review` for a review."]
      : []),
    runs.map((run) => runLine(run, pull.head, runs.length > 1)).join("\n"),
    ...(last === undefined ? [] : [reviewLine(last, reviews, pull.head)]),
    ...(ignored.size === 0
      ? []
      : [`${counted(ignored.size, "finding")} ${ignored.size === 1 ? "is" : "are"} ignored on this pull request.`]),
    pausedBy === undefined
      ? ""
      : `**Automatic reviews are paused** by ${inlineText(pausedBy)}: \`/parallel-review resume\` turns them on again.`,
  ];
  return { text: parts.filter((part) => part !== "").join("\n\n"), reaction: "rocket" };
}

function runLine(
  { url, workflow, text, head, state, updatedAt }: RememberedRun,
  now: string,
  isNamed: boolean,
): string {
  const name = isNamed ? `${codeSpan(workflow)} ` : "";
  const signs = state === "running" ? `, last sign of life ${minute(updatedAt)}` : `, ${minute(updatedAt)}`;
  return `- ${name}${text} [${commitText(head, now)}${signs}](${url})`;
}

function reviewLine({ url, head }: RememberedReview, reviews: readonly RememberedReview[], now: string): string {
  const records = reviews.filter((each) => each.head === head).map(({ record }) => record);
  const ids = records.flatMap(({ findings }) => findings.map(({ id }) => id)).toSorted(byNumber);
  const ends = [...new Set([ids.at(0), ids.at(-1)])].flatMap((id) => (id === undefined ? [] : [codeSpan(id)]));
  const found = ends.length === 0 ? "it found nothing" : `its findings are ${ends.join(" to ")}`;
  // A review that completes another one says last what is missing.
  const missing = records[0]?.missing.length ?? 0;
  const rest =
    missing === 0 ? "" : ` ${counted(missing, "file")} not read in full: \`/parallel-review retry\` reads them.`;
  return `The last review is [here](${url}), of ${commitText(head, now)}; ${found}.${rest}`;
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}

function commitText(head: string, now: string): string {
  return head === now
    ? `the head ${codeSpan(head.slice(0, 12))}`
    : `${codeSpan(head.slice(0, 12))}, which is not the head any more`;
}

/** `2026-11-22 21:58 UTC` */
function minute(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
