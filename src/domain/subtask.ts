import type { ExternalError } from "./errors.ts";
import type { Claim } from "./finding.ts";
import type { RepoPath } from "./repo-path.ts";
import type { Usage } from "./usage.ts";

/** The read tools and ways out a subagent can be granted. What is not granted does not exist for it. */
const TOOL_NAMES = ["Read", "Glob", "Grep", "report_findings"] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** How deep a group of files is looked at. */
export const RISK_TIERS = ["light", "normal", "deep"] as const;
export type RiskTier = (typeof RISK_TIERS)[number];

/**
 * Which part of a file a subtask reads: all its hunks (the whole head version, where there are none), or the listed ones (0-based indexes into
 * ChangedFile.hunks of the change set that was planned, sorted).
 */
export type SubtaskFile = { readonly path: RepoPath; readonly hunks: "all" | readonly number[] };

/** What one subagent may use. Tokens count prompt and output of all its turns. */
export type Budget = { readonly turns: number; readonly tokens: number; readonly outputTokens: number };

/**
 * One unit of work for one fresh subagent. Every changed hunk is in the `files` of at least one subtask or its file is skipped; only a hunk that
 * alone exceeds what a subagent can hold is left out of a file that is read otherwise, and the coverage calls that file partial.
 */
export type Subtask = {
  /** `s1`, `s2`, ... in plan order. */
  readonly id: string;
  /** What a person reads in the checklist, e.g. `src/orders (3 files)`. */
  readonly description: string;
  readonly lens: string;
  readonly files: readonly SubtaskFile[];
  readonly risk: RiskTier;
  readonly tools: readonly ToolName[];
  readonly budget: Budget;
  /** Ids that must have ended before this one starts; all stand earlier in the plan. */
  readonly dependsOn: readonly string[];
  /** 0 for subtasks without dependencies, else one more than the highest wave they depend on. */
  readonly wave: number;
  /** Why these files are together, why alone, or why in part. */
  readonly why: string;
};

/** How a subagent ended. Every ending carries what was found before it. Milliseconds are the clock's (epoch). */
export type Outcome = {
  readonly subtaskId: string;
  readonly claims: readonly Claim[];
  readonly usage: Usage;
  readonly costUsd: number;
  readonly turns: number;
  readonly startedMs: number;
  readonly endedMs: number;
} & (
  | { readonly end: "done" }
  /** The budget ended it; what it had found stays. */
  | { readonly end: "out-of-budget"; readonly limit: "turns" | "tokens" | "money" | "time" | "context" }
  /** The model declined. */
  | { readonly end: "refused"; readonly reason: string }
  | { readonly end: "cancelled"; readonly reason: string }
  | { readonly end: "failed"; readonly error: ExternalError | Error }
);
