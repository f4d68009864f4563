import type { Outcome, Subtask } from "../domain/subtask.ts";

/** What a subtask came to, and the files in it that the static rules could not analyse. */
export type Investigation = {
  readonly outcome: Outcome;
  readonly unanalysed: readonly { readonly path: string; readonly reason: string }[];
  /** Present when the subtask was split while it ran: what was carried out in its place, in order, and what became of each. */
  readonly parts?: readonly { readonly subtask: Subtask; readonly outcome: Outcome }[];
  /** Files that turned out to be nothing to read once their text was at hand; absent for none. */
  readonly leftOut?: readonly { readonly path: string; readonly reason: string }[];
  /** Present when a later run takes up what became of it: the sentence that says so. */
  readonly later?: string;
};

/**
 * Carries out one subtask. Resolves for every ending of the subagent. `before` holds what its `dependsOn` came to, in that order: the one
 * way in which what one subagent found reaches another.
 */
export type Investigate = (
  subtask: Subtask,
  signal: AbortSignal,
  before: readonly Investigation[],
) => Promise<Investigation>;

/** What there is to say of a subtask that nobody carried out to its end. */
export function notInvestigated(outcome: Outcome): Investigation {
  return { outcome, unanalysed: [] };
}
