import { createHash } from "node:crypto";

import { type RepoPath, parseRepoPath } from "../../domain/repo-path.ts";
import type { CheckedTree } from "../../ports/checker.ts";

/** A regular file of a checked tree. `text` is there when an edit gave it, else it is to be read from the base. */
export type TreeFile = {
  readonly path: RepoPath;
  /** The git id of its content. */
  readonly blob: string;
  readonly text: string | undefined;
  readonly executable: boolean;
  /** In bytes; undefined where the base does not say. */
  readonly size: number | undefined;
};

export type TreeFiles = {
  readonly files: readonly TreeFile[];
  readonly links: number;
  readonly submodules: number;
  /** Files whose names are no plain paths: a snapshot has them by a quoted form, which is not their name on a disk. */
  readonly unusual: number;
};

/** The regular files of the base with the edits made, and how many entries are none: those are never put on a disk. */
export async function treeFiles({ base, edits }: CheckedTree, signal: AbortSignal): Promise<TreeFiles> {
  const files = new Map<RepoPath, TreeFile>();
  let links = 0;
  let submodules = 0;
  let unusual = 0;
  for (const { path, kind, blob, executable, size } of await base.list(signal)) {
    if (kind === "symlink") links += 1;
    else if (kind === "submodule") submodules += 1;
    else if (parseRepoPath(path) === undefined || path.startsWith('"')) unusual += 1;
    else files.set(path, { path, blob, text: undefined, executable, size });
  }
  for (const edit of edits) {
    if (edit.kind === "delete") files.delete(edit.path);
    else {
      const { path, text } = edit;
      const bytes = Buffer.from(text);
      const blob = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
      const executable = edit.kind === "modify" && edit.executable;
      files.set(path, { path, blob, text, executable, size: bytes.length });
    }
  }
  return { files: [...files.values()], links, submodules, unusual };
}
