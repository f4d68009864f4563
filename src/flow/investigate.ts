import type { Outcome, Subtask } from "../domain/subtask.ts";

/** What a subtask came to, and the files in it that the static rules could not analyse. */
export type Investigation = {
  readonly outcome: Outcome;
  readonly unanalysed: readonly { readonly path: string; readonly reason: string }[];
  /** Files that turned out to be nothing to read once their text was at hand; absent for none. */
  readonly leftOut?: readonly { readonly path: string; readonly reason: string }[];
};

/** Carries out one subtask. Resolves for every ending of the subagent. */
export type Investigate = (subtask: Subtask, signal: AbortSignal) => Promise<Investigation>;
