import type { ChangeSet } from "../domain/change-set.ts";
import type { Snapshot } from "./snapshot.ts";

/** A change set with the trees it is about. `guidance` is the tree that settings and guidance files may be read from: the default branch, or the base ref. */
export type LoadedChange = {
  readonly changeSet: ChangeSet;
  readonly head: Snapshot;
  readonly guidance: Snapshot;
  /** Sentences about what is not part of the change set although a reader may expect it; absent when there are none. */
  readonly notes?: readonly string[];
};

/** Where a review's input comes from: a git range on this machine, or a pull request. Everything is pinned by the first call. */
export interface ChangeSource {
  /**
   * @throws {ConfigurationError} unknown repository, ref or pull request, or a token that may not read it.
   * @throws {ExternalError} GitHub or git failed.
   */
  load(signal: AbortSignal): Promise<LoadedChange>;
}
