import type { Sha } from "../domain/change-set.ts";
import type { RepoPath } from "../domain/repo-path.ts";

/** One path of the tree. `size` is in bytes; undefined where the source does not say (submodules). */
export type TreeEntry = {
  readonly path: RepoPath;
  readonly kind: "file" | "symlink" | "submodule";
  readonly executable: boolean;
  readonly blob: string;
  readonly size?: number;
};

/** A file's content, or why there is none to show. Text is decoded as UTF-8 with line ends as they are. */
export type FileContent =
  | { readonly kind: "text"; readonly text: string }
  /** The text is the link's target; links are never followed. */
  | { readonly kind: "symlink"; readonly text: string }
  | { readonly kind: "binary"; readonly size: number }
  /** Larger than the snapshot's limit; not loaded. */
  | { readonly kind: "too-large"; readonly size: number }
  | { readonly kind: "submodule" }
  | { readonly kind: "missing" };

/** A read-only tree at one commit. Nothing in it is ever executed, followed or written to a disk. */
export interface Snapshot {
  readonly sha: Sha;
  /** True when the tree was larger than the source could list; then `list` is incomplete. */
  readonly truncated: boolean;
  /** All paths, sorted by path. Cheap after the first call. */
  list(signal: AbortSignal): Promise<readonly TreeEntry[]>;
  /** The content of one path; `missing` when it is not in the tree. Concurrent calls are batched. */
  read(path: RepoPath, signal: AbortSignal): Promise<FileContent>;
  /** A file, a link's target too, byte for byte; undefined where `read` has no content to show: missing, too large, a submodule. */
  bytes(path: RepoPath, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Paths of text files that contain `literal` (case-sensitive), sorted; undefined when this source cannot tell faster than by reading. */
  filesContaining(literal: string, signal: AbortSignal): Promise<readonly RepoPath[] | undefined>;
}
