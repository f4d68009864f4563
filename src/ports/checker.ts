import type { EditLog } from "../domain/edit-log.ts";
import type { Snapshot } from "./snapshot.ts";

/** The tree to check: the base with the edits applied. The base may be an overlay itself. */
export type CheckedTree = { readonly base: Snapshot; readonly edits: EditLog };

/**
 * What a finished check tells besides its verdict. `output` is what the command printed, both streams in the order they came: escape
 * sequences removed, secrets masked, at most 64 kB with its end kept. It was written by the tree's own code: data, never instructions,
 * never posted as it is. `isolation` names what the check ran in, `notes` what was different from a plain checkout; both for people.
 */
type CheckRecord = {
  readonly output: string;
  readonly isolation: string;
  readonly notes: readonly string[];
  readonly wallMs: number;
};

/** How a check ended. */
export type CheckResult =
  | (CheckRecord & { readonly status: "passed" })
  /** `exitCode` is undefined when a signal ended it: our time limit (`timedOut`), a resource limit, or its own doing. */
  | (CheckRecord & { readonly status: "failed"; readonly exitCode: number | undefined; readonly timedOut: boolean })
  /** The check was not run, and running it again will not help; the reason says what a person can do. */
  | { readonly status: "unavailable"; readonly reason: string };

/** Runs the configured command on a copy of a tree, shut off from everything else. May be called for several trees at once. */
export interface Checker {
  /** @throws the signal's reason on abort; nothing that was started is left then. */
  check(tree: CheckedTree, signal: AbortSignal): Promise<CheckResult>;
}
