import type { Precedent } from "../flow/prepare-review.ts";
import type { ReviewMemory } from "../ports/review-memory.ts";

/** What went before a review that `run` asked for. Its own comments, of an attempt that was cut short, are none of that. */
export function precedentIn({ ignored, reviews, threads }: ReviewMemory, run: string): Precedent {
  const others = reviews.filter((review) => review.run !== run);
  const head = others[0]?.head;
  return {
    ignored,
    posted: threads.filter((thread) => thread.run !== run),
    last: others.filter((review) => review.head === head).flatMap(({ record }) => record.findings),
  };
}
