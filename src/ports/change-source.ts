import type { ChangeSet } from "../domain/change-set.ts";
import type { Snapshot } from "./snapshot.ts";

/** A change set with the trees it is about. `guidance` is the tree that settings and guidance files may be read from: the default branch, or the base ref. */
export type LoadedChange = {
  readonly changeSet: ChangeSet;
  readonly head: Snapshot;
  readonly guidance: Snapshot;
};

/** Where a review's input comes from: a git range on this machine, or a pull request. Everything is pinned by the first call. */
export interface ChangeSource {
  /**
   * @throws {ConfigurationError} unknown repository, ref or pull request, or a token that may not read it.
   * @throws {ExternalError} GitHub or git failed.
   */
  load(signal: AbortSignal): Promise<LoadedChange>;
}
