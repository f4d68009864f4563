/** How big the pieces of a plan may get. Lines are changed lines (added plus removed), tokens are `estimateTokens`. */
export type PlanLimits = {
  readonly filesPerSubtask: number;
  readonly wholeChangeLines: number;
  readonly floorLines: number;
  readonly leastFloorLines: number;
  readonly parallelTarget: number;
  readonly growthFactor: number;
  readonly closeFiles: number;
  readonly hubDegree: number;
  readonly lightTestLines: number;
  readonly ceilingTokens: number;
};

/** What a review by a model is planned with. */
export const REVIEW_LIMITS: PlanLimits = {
  /** Alibaba's open-code-review groups up to 10 related files: handler, service and test need one mind, an eleventh dilutes it. */
  filesPerSubtask: 10,
  /** A change of up to this many lines is one subtask: a second subagent would pay the whole prompt again for a few lines. */
  wholeChangeLines: 100,
  /** Smaller groups are packed together until they have this many lines; PostHog's ReviewHog measured that chunks below about 100 over-split. */
  floorLines: 100,
  /** The floor sinks to this for mid-size changes, so that 300 lines in 12 files still run side by side. */
  leastFloorLines: 30,
  /** How many subtasks a mid-size change is worth before packing stops: the floor is total / parallelTarget, within the two bounds above. */
  parallelTarget: 10,
  /** Imports and neighbourhood join files up to this many floors of lines; only a test and its subject, or a cycle, may exceed it. */
  growthFactor: 3,
  /** Up to this many files (a handler, its service and their tests) count the full floor there, also when it sank for a mid-size change. */
  closeFiles: 4,
  /** A file that more than this many changed files import (or that imports more) belongs to none of them in particular. */
  hubDegree: 5,
  /** Test files alone with no more lines than this are looked at lightly. */
  lightTestLines: 50,
  /** Leaves room in a 200,000-token context for a 30,000-token prefix, tool results and the answer; models get worse well before that. */
  ceilingTokens: 60_000,
};

/** What a review by rules alone is planned with: detectors have no context to overflow, so nothing is split or too large. */
export const RULES_LIMITS: PlanLimits = { ...REVIEW_LIMITS, ceilingTokens: Number.POSITIVE_INFINITY };

/** Lines below which a group is packed with its neighbours, for a change of `totalLines`. */
export function floorFor(totalLines: number, limits: PlanLimits): number {
  if (totalLines <= limits.wholeChangeLines) return limits.floorLines;
  const share = Math.ceil(totalLines / limits.parallelTarget);
  return Math.min(limits.floorLines, Math.max(limits.leastFloorLines, share));
}

/** Changed lines up to which a group of `files` files may grow along loose relations. */
export function growthLines(files: number, floorLines: number, limits: PlanLimits): number {
  return limits.growthFactor * (files <= limits.closeFiles ? limits.floorLines : floorLines);
}
