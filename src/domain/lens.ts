import type { Effort } from "./effort.ts";
import type { LensText } from "./settings.ts";
import type { ToolName } from "./subtask.ts";

/** A lens and what a repository's own file may say about the subagent that wears it. */
export type Lens = LensText & {
  /** Groups with a file that matches one of these globs are read with this lens too, beside their others. */
  readonly paths?: readonly string[];
  /** The read tools it is narrowed to; absent means all of them. */
  readonly tools?: readonly ToolName[];
  /** A full model id; absent means the run's. */
  readonly model?: string;
  readonly effort?: Effort;
  /** Lowers the turns of its subtasks, never raises them. */
  readonly maxTurns?: number;
};
