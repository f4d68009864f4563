import { z } from "zod";

const COVERAGE_STATUSES = ["reviewed", "partial", "skipped", "failed"] as const;

/**
 * What happened to one changed path. Every changed path of a change set has exactly one entry, sorted by path.
 * `reason` is present unless the status is `reviewed`. `subtasks` are the ids that were to read it, in plan order.
 */
export const CoverageEntry = z.object({
  path: z.string(),
  status: z.enum(COVERAGE_STATUSES),
  reason: z.string().optional(),
  subtasks: z.array(z.string()),
});
export type CoverageEntry = z.infer<typeof CoverageEntry>;
