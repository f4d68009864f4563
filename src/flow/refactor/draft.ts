import type { EditLog } from "../../domain/edit-log.ts";
import type { EditSubtask } from "../../domain/edit-subtask.ts";
import type { FindingFate } from "../../domain/fix-order.ts";
import type { FileSummary } from "../../domain/refactor-result.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Outcome } from "../../domain/subtask.ts";

/** What one writer came to: edits against the base, inside its write scope, and a summary of each file it changed. */
export type Draft = {
  readonly outcome: Outcome;
  readonly edits: EditLog;
  readonly summaries: readonly FileSummary[];
  /** Files of the subtask that it left as they are, and why. */
  readonly declined: readonly { readonly path: RepoPath; readonly reason: string }[];
  /** What it says of the findings it was to fix; absent when there were none. */
  readonly fates?: readonly FindingFate[];
};

/** One writing job. */
export type WritingTask = {
  readonly subtask: EditSubtask;
  /** What the subtasks it waited for have made, and those they waited for; against the same base. */
  readonly earlier: EditLog;
  /** Set when it is asked a second time: its first edits, and what the check printed about them. */
  readonly redo?: { readonly edits: EditLog; readonly complaint: string };
};

/** Carries out one writing job. Resolves for every ending of the writer. */
export type WriteDraft = (task: WritingTask, signal: AbortSignal) => Promise<Draft>;
