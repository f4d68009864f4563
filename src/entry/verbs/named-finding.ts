import type { FindingRecord } from "../../domain/review-record.ts";
import type { FindingThread, ReviewMemory } from "../../ports/review-memory.ts";
import type { CommentOrder } from "./comment-order.ts";

/** A finding of an earlier review, the review's head, and the thread that it has under lines of the diff. */
export type NamedFinding = {
  readonly finding: FindingRecord;
  readonly head: string;
  readonly thread: FindingThread | undefined;
};

/**
 * The finding of that id in the last review, or in those before it of the same head; without an id the one whose thread the command
 * stands in. Where there is none, a sentence with those there are.
 */
export function namedFinding(
  id: string | undefined,
  memory: ReviewMemory,
  { asked, pull }: CommentOrder,
): NamedFinding | string {
  if (id === undefined) return findingOfThread(memory, asked.threadId, pull.head);
  const [last] = memory.reviews;
  if (last === undefined) return "There is no review on this pull request yet: comment `/parallel-review` for one.";
  const ofHead = memory.reviews.filter(({ head }) => head === last.head);
  const all = ofHead.flatMap(({ record }) => record.findings);
  const finding = all.find((each) => each.id === id);
  if (finding !== undefined) return { finding, head: last.head, thread: threadOf(memory, finding) };
  const isCut = ofHead.some(({ record }) => !record.complete);
  const ids = all.map((each) => each.id).toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  return `The last review has no finding ${id}${isCut ? " that can be looked up" : ""}: ${listed(ids)}.`;
}

function findingOfThread(memory: ReviewMemory, threadId: number | undefined, head: string): NamedFinding | string {
  const thread = memory.threads.find(({ id }) => id === threadId);
  if (thread === undefined) return "This thread is not about a finding of ours: name one, such as `f3`.";
  const { fingerprint } = thread.finding;
  for (const review of memory.reviews) {
    const finding = review.record.findings.find((each) => each.fingerprint === fingerprint);
    // The comment's own record has no long texts.
    if (finding !== undefined) return { finding, head: review.head, thread };
  }
  return { finding: thread.finding, head, thread };
}

function threadOf(memory: ReviewMemory, { fingerprint }: FindingRecord): FindingThread | undefined {
  return memory.threads.findLast(({ finding }) => finding.fingerprint === fingerprint);
}

function listed(ids: readonly string[]): string {
  const [first] = ids;
  if (first === undefined) return "it has none";
  return ids.length === 1 ? `it has ${first} alone` : `it has ${first} to ${ids.at(-1) ?? ""}`;
}
