import type { RepoPath } from "./repo-path.ts";
import type { Subtask } from "./subtask.ts";

/** A changed path that no subagent reads, and the sentence that says why. */
export type SkippedFile = { readonly path: RepoPath; readonly reason: string };

/**
 * The whole fan-out, decided before a token is spent. Every changed file of the change set is in a subtask or in `skipped`,
 * never in both. `subtasks` is ordered so that dependencies come first; `skipped` is sorted by path.
 */
export type Plan = {
  readonly subtasks: readonly Subtask[];
  readonly skipped: readonly SkippedFile[];
  /** Sentences for whoever reads the plan: what was grouped, packed or split, and why it runs in this order. */
  readonly notes: readonly string[];
  /** Sentences that whoever reads the result must see too: what is left out, or was not obeyed. */
  readonly warnings: readonly string[];
};
