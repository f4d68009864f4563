import type { RepoPath } from "./repo-path.ts";

/**
 * One line of a hunk. `text` has no line end and no leading marker. `oldLine` is 1-based in the base version and absent
 * for added lines; `newLine` is 1-based in the head version and absent for removed lines.
 */
export type DiffLine =
  | { readonly kind: "context"; readonly text: string; readonly oldLine: number; readonly newLine: number }
  | { readonly kind: "added"; readonly text: string; readonly newLine: number }
  | { readonly kind: "removed"; readonly text: string; readonly oldLine: number };

/** One `@@ -oldStart,oldLines +newStart,newLines @@ section` block. Starts are 1-based; 0 where that side is empty. */
export type Hunk = {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** Text behind the second `@@` (usually the enclosing function), "" when there is none. */
  readonly section: string;
  readonly lines: readonly DiffLine[];
};

export type FileStatus = "added" | "modified" | "removed" | "renamed" | "copied";

/** What a changed path is: a regular file, a symbolic link (its text is the target) or a submodule (never entered). */
export type FileKind = "file" | "symlink" | "submodule";

/** One path that a change touches. `hunks` is empty for binaries, pure renames, mode changes and what GitHub sends no patch for. */
export type ChangedFile = {
  readonly path: RepoPath;
  /** The path before a rename or copy. */
  readonly previousPath?: RepoPath;
  readonly status: FileStatus;
  readonly kind: FileKind;
  readonly binary: boolean;
  /** True when the file became executable with this change. */
  readonly becameExecutable: boolean;
  /** git blob ids; absent where that side does not exist or is not known. */
  readonly baseBlob?: string;
  readonly headBlob?: string;
  readonly hunks: readonly Hunk[];
  /** Counts of the whole file, also when `hunks` was left out. */
  readonly additions: number;
  readonly deletions: number;
  /** Why `hunks` is empty although the text changed; absent otherwise. */
  readonly hunksOmitted?: "too-large" | "not-sent";
};

/** Which version of a file a line number counts in: RIGHT is the head version, LEFT the base version. */
export type DiffSide = "RIGHT" | "LEFT";
