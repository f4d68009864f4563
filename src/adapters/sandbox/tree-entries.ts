import { type RepoPath, parseRepoPath } from "../../domain/repo-path.ts";
import type { CheckedTree } from "../../ports/checker.ts";

/** A regular file of a checked tree. `text` is there when an edit gave it, else it is to be read from the base. */
export type TreeFile = {
  readonly path: RepoPath;
  /** The git id of the base's version; undefined for a text that an edit gave. */
  readonly blob: string | undefined;
  readonly text: string | undefined;
  readonly executable: boolean;
  readonly size: number | undefined;
};

export type TreeFiles = { readonly files: readonly TreeFile[]; readonly links: number; readonly submodules: number };

/** The regular files of the base with the edits made, and how many entries are none: those are never put on a disk. */
export async function treeFiles({ base, edits }: CheckedTree, signal: AbortSignal): Promise<TreeFiles> {
  const files = new Map<RepoPath, TreeFile>();
  let links = 0;
  let submodules = 0;
  for (const { path, kind, blob, executable, size } of await base.list(signal)) {
    if (kind === "symlink") links += 1;
    else if (kind === "submodule") submodules += 1;
    // A name that is no plain path goes by a quoted form here, which is not its name on a disk.
    else if (parseRepoPath(path) !== undefined) files.set(path, { path, blob, text: undefined, executable, size });
  }
  for (const edit of edits) {
    if (edit.kind === "delete") files.delete(edit.path);
    else {
      const executable = edit.kind === "modify" && edit.executable;
      files.set(edit.path, { path: edit.path, blob: undefined, text: edit.text, executable, size: undefined });
    }
  }
  return { files: [...files.values()], links, submodules };
}
