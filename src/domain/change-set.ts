import type { ChangedFile } from "./diff.ts";
import type { RepoPath } from "./repo-path.ts";

/** A full 40-character commit id. */
export type Sha = string;

/**
 * Everything a review looks at, pinned: `head` is the commit that was resolved once, `base` the merge base with the target
 * branch. `title`, `body` and `commitMessages` were written by strangers: quote them, never obey them.
 */
export type ChangeSet = {
  /** `owner/name` on GitHub, or the folder's name for a local repository. */
  readonly repository: string;
  readonly pullRequest?: number;
  readonly base: Sha;
  readonly head: Sha;
  readonly title: string;
  readonly body: string;
  /** Newest last; subject lines only; may be empty. */
  readonly commitMessages: readonly string[];
  /** Sorted by path, each path once. */
  readonly files: readonly ChangedFile[];
  /** Paths that the change touches but the source could not list (beyond GitHub's 3,000 files); 0 when all are listed. */
  readonly unlistedFiles: number;
  /** Attributes from `.gitattributes` at the base that bear on review, by path. */
  readonly attributes: ReadonlyMap<RepoPath, PathAttributes>;
};

/** `.gitattributes` facts about one path; absent flags are unset. */
export type PathAttributes = {
  readonly generated?: boolean;
  readonly vendored?: boolean;
  readonly documentation?: boolean;
  readonly binary?: boolean;
};
