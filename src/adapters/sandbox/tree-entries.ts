import { createHash } from "node:crypto";

import { type RepoPath, parseRepoPath } from "../../domain/repo-path.ts";
import type { CheckedTree } from "../../ports/checker.ts";

/** A file or a link of a checked tree. `text` is there when an edit gave it, else its content is to be read from the base. */
export type TreeFile = {
  readonly path: RepoPath;
  readonly kind: "file" | "symlink";
  /** The git id of its content. */
  readonly blob: string;
  readonly text: string | undefined;
  readonly executable: boolean;
};

export type TreeFiles = {
  readonly files: readonly TreeFile[];
  readonly submodules: number;
  /** Files whose names are no plain paths: a snapshot has them by a quoted form, which is not their name on a disk. */
  readonly unusual: number;
};

/**
 * Whether a link can lead nowhere but into the tree, whatever other such links there are: it goes up no further than the root, and never
 * up again after it has gone down, where another link could have led it elsewhere.
 */
export function staysInside(path: RepoPath, target: string): boolean {
  if (target === "" || target.startsWith("/") || /[\0\\]/.test(target)) return false;
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const ups = parts.findIndex((part) => part !== "..");
  const up = ups === -1 ? parts.length : ups;
  return up <= path.split("/").length - 1 && !parts.slice(up).includes("..");
}

/** The files and links of the base with the edits made, and how many entries are none: those are never put on a disk. */
export async function treeFiles({ base, edits }: CheckedTree, signal: AbortSignal): Promise<TreeFiles> {
  const files = new Map<RepoPath, TreeFile>();
  let submodules = 0;
  let unusual = 0;
  for (const { path, kind, blob, executable } of await base.list(signal)) {
    if (kind === "submodule") submodules += 1;
    else if (parseRepoPath(path) === undefined || path.startsWith('"')) unusual += 1;
    else files.set(path, { path, kind, blob, text: undefined, executable });
  }
  for (const edit of edits) {
    if (edit.kind === "delete") files.delete(edit.path);
    else {
      const { path, text } = edit;
      const bytes = Buffer.from(text);
      const blob = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
      const executable = edit.kind === "modify" && edit.executable;
      files.set(path, { path, kind: "file", blob, text, executable });
    }
  }
  return { files: [...files.values()], submodules, unusual };
}
