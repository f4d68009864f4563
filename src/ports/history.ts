import type { Sha } from "../domain/change-set.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { Churn } from "../domain/rotation.ts";

/** What happened to the files before the commit that is audited. */
export interface History {
  /** How much each path has changed since `since` (ISO date), as far back as the history at hand goes. Unchanged paths are absent. */
  churn(since: string, signal: AbortSignal): Promise<ReadonlyMap<RepoPath, Churn>>;
  /** Paths that were renamed between `from` and the audited commit (old -> new); undefined when `from` is not at hand. */
  renamesSince(from: Sha, signal: AbortSignal): Promise<ReadonlyMap<RepoPath, RepoPath> | undefined>;
}
