import type { PathAttributes } from "../domain/change-set.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { History } from "./history.ts";
import type { Snapshot } from "./snapshot.ts";

/** One commit of a repository, with what is known about its files beside their text. */
export type LoadedTree = {
  /** `owner/name` on GitHub, or the folder's name for a local repository. */
  readonly repository: string;
  readonly head: Snapshot;
  readonly history: History;
  /** Attributes from `.gitattributes` that bear on review, of those paths that have any. */
  attributes(paths: readonly RepoPath[], signal: AbortSignal): Promise<ReadonlyMap<RepoPath, PathAttributes>>;
  /** Sentences that readers of the result must see; absent when there are none. */
  readonly notes?: readonly string[];
};

/** Where an audit's input comes from. Pinned by the first call. */
export interface TreeSource {
  /**
   * @throws {ConfigurationError} unknown repository or ref, or a token that may not read it.
   * @throws {ExternalError} GitHub or git failed.
   */
  load(signal: AbortSignal): Promise<LoadedTree>;
}
