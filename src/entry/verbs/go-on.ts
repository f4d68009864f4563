import type { Precedent } from "../../flow/prepare-review.ts";
import type { ReviewMemory } from "../../ports/review-memory.ts";
import { printDecision } from "../../render/small-marks.ts";
import type { Reply } from "../answer-comment.ts";
import { precedentIn } from "../precedent-in.ts";
import { type CommentOrder, memoryOf } from "./comment-order.ts";

/** What `retry` and `resume` come to: a review as ordered, or an answer, or both. */
export type GoOn = { readonly review?: CommentOrder & { readonly precedent: Precedent }; readonly reply?: Reply };

/** `retry`: what the last review of this head did not read is read now; a head that has no review gets one. */
export async function retryReview(order: CommentOrder, signal: AbortSignal): Promise<GoOn> {
  const memory = await memoryOf(order, signal);
  if (memory.reviews.some(({ run }) => run === order.run)) {
    order.host.info("This request was answered before; nothing was posted again.");
    return {};
  }
  return goOn(order, memory) ?? { reply: { text: COMPLETE, reaction: "rocket" } };
}

/**
 * `resume`: ends a pause, and goes on with the run of this head that was cut short: as itself, so that what is left of it in a
 * checkpoint counts, or, where it has posted a review, with the files that it did not read.
 */
export async function resumeReviews(order: CommentOrder, signal: AbortSignal): Promise<GoOn> {
  const memory = await memoryOf(order, signal);
  const cutShort = goOn(order, memory, { isNewOneToo: false });
  const { pausedBy } = memory;
  if (pausedBy === undefined && cutShort === undefined)
    return { reply: { text: NOTHING_TO_RESUME, reaction: "rocket" } };
  const went = "It went on with the review of this head that was cut short.";
  const next = cutShort === undefined ? "The next push starts one." : went;
  const text = pausedBy === undefined ? went : `Automatic reviews of this pull request are on again. ${next}`;
  const decision = { kind: "unpause", by: order.asked.commenter.login } as const;
  return { ...cutShort, reply: { text: `${text}\n\n${printDecision(decision)}`, reaction: "rocket" } };
}

const COMPLETE =
  "Nothing to retry: the last review of this head read everything that was to be read. `/parallel-review` reviews it again.";
const NOTHING_TO_RESUME =
  "Nothing to resume: automatic reviews are not paused, and no review of this head was cut short. `/parallel-review` reviews it again.";

/** Undefined when there is nothing left to read; `isNewOneToo`: a head that nobody has looked at yet is looked at. */
function goOn(order: CommentOrder, memory: ReviewMemory, { isNewOneToo } = { isNewOneToo: true }): GoOn | undefined {
  const { reviews, runs, ignored } = memory;
  const isOurs = ({ head, workflow }: { readonly head: string; readonly workflow: string }): boolean =>
    head === order.pull.head && workflow === order.site.workflow;
  const run = runs.find(isOurs);
  const ofHead = reviews.filter(isOurs);
  const wasPosted = ofHead.some((review) => review.run === run?.run);
  if (run !== undefined && run.state !== "ended" && !wasPosted) {
    return { review: { ...order, run: run.run, precedent: precedentIn(memory, run.run) } };
  }
  const precedent = precedentIn(memory, order.run);
  const [last] = ofHead;
  if (last === undefined) return isNewOneToo ? { review: { ...order, precedent } } : undefined;
  if (last.record.missing.length === 0) return undefined;
  // A list that was cut says nothing about the rest: everything is read again.
  if (!last.record.complete) return { review: { ...order, precedent } };
  const findings = ofHead.flatMap(({ record }) =>
    record.findings.map((finding) => ({ ...finding, ignored: ignored.get(finding.fingerprint) })),
  );
  const missing = new Set(last.record.missing);
  return { review: { ...order, precedent: { ...precedent, completes: { missing, findings } } } };
}
