import { z } from "zod";

import { AuditSection } from "./audit-section.ts";
import { CoverageEntry } from "./coverage.ts";
import { Finding } from "./finding.ts";
import { FixedFinding } from "./fixed-findings.ts";
import { PHASES } from "./phase.ts";

/** The `schema` value that files written by this version carry. */
export const REPORT_SCHEMA = "parallel-review/findings@1";

const CONCLUSIONS = ["success", "partial", "failure", "cancelled", "nothing-to-do"] as const;
export type Conclusion = (typeof CONCLUSIONS)[number];

const SUBTASK_STATUSES = ["done", "out-of-budget", "refused", "cancelled", "failed"] as const;

const UsageFields = z.object({
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  cacheReadTokens: z.int().nonnegative(),
  cacheWriteTokens: z.int().nonnegative(),
});

/** One subtask after the run. Milliseconds count from the start of the run. */
export const ReportedSubtask = z.object({
  id: z.string(),
  description: z.string(),
  /** What it was for; absent means finder. */
  phase: z.enum(PHASES).optional(),
  wave: z.int().nonnegative(),
  dependsOn: z.array(z.string()),
  paths: z.array(z.string()),
  tools: z.array(z.string()),
  status: z.enum(SUBTASK_STATUSES),
  startedMs: z.number().nonnegative(),
  endedMs: z.number().nonnegative(),
  turns: z.int().nonnegative(),
  usage: UsageFields,
  costUsd: z.number().nonnegative(),
  error: z.string().optional(),
});
export type ReportedSubtask = z.infer<typeof ReportedSubtask>;

/** The result of a run and the content of `findings.json`; public interface, see `.github/findings.schema.json`. */
export const Report = z.object({
  schema: z.literal(REPORT_SCHEMA),
  job: z.enum(["review", "refactor", "audit"]),
  target: z.object({
    repository: z.string(),
    pullRequest: z.int().positive().optional(),
    base: z.string(),
    head: z.string(),
  }),
  engine: z.enum(["claude", "rules"]),
  /** One entry per changed path, sorted by path. */
  coverage: z.array(CoverageEntry),
  /** Worst first, in rank order. */
  findings: z.array(Finding),
  /** What earlier reviews of the same pull request had posted on lines and is certainly gone since the last of them; absent when nothing is. */
  fixed: z.array(FixedFinding).optional(),
  /** In plan order. */
  subtasks: z.array(ReportedSubtask),
  usage: UsageFields,
  costUsd: z.number().nonnegative(),
  /** Wall time of the fan-out. */
  wallMs: z.number().nonnegative(),
  /** Sum of the subtasks' own times: what one after the other would have taken. */
  sumMs: z.number().nonnegative(),
  /** Longest chain of dependent subtasks: what unlimited parallelism would take. */
  criticalPathMs: z.number().nonnegative(),
  /** sumMs / wallMs; 1 when nothing ran. */
  speedup: z.number().nonnegative(),
  conclusion: z.enum(CONCLUSIONS),
  /** Sentences about the run that every reader must see: what is missing, degraded or was not obeyed. */
  notes: z.array(z.string()),
  /** Present when the job is an audit. */
  audit: AuditSection.optional(),
});
export type Report = z.infer<typeof Report>;
