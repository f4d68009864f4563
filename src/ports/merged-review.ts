import type { ReviewMemory } from "./review-memory.ts";

/** What this account left on a pull request that was merged. */
export type MergedReview = {
  readonly pullRequest: number;
  /** ISO date of the day. */
  readonly mergedOn: string;
  readonly memory: ReviewMemory;
};
