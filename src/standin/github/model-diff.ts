/** What a changed file looks like to tests and to the pull request page. */

export type FileStatus = "added" | "removed" | "modified" | "renamed" | "copied" | "changed";

export interface StandinHunkLine {
  /** `note` is git's "\ No newline at end of file". */
  readonly kind: "context" | "added" | "deleted" | "note";
  /** Without the leading marker. */
  readonly text: string;
  /** 1-based line in the base version; undefined for added lines and notes. */
  readonly oldLine?: number;
  /** 1-based line in the head version; undefined for deleted lines and notes. */
  readonly newLine?: number;
  /** Lines below the first hunk header of the file. */
  readonly position: number;
}

export interface StandinHunk {
  /** As git printed it, with the section heading. */
  readonly header: string;
  readonly lines: readonly StandinHunkLine[];
}

export interface StandinFile {
  readonly path: string;
  readonly previousPath?: string;
  readonly status: FileStatus;
  /** Blob of the head version; of the base version for a removed file. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** As the API gives it: hunks only. Undefined for binary files, pure renames, mode changes and what is over GitHub's diff limits. */
  readonly patch?: string;
  /** Parsed from the patch on first use; empty where there is no patch. */
  readonly hunks: readonly StandinHunk[];
}
