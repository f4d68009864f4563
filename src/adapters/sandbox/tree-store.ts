import { join } from "node:path";

import type { RepoPath } from "../../domain/repo-path.ts";
import type { CheckedTree } from "../../ports/checker.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { BlobFolder } from "./blob-folder.ts";
import { inBatches } from "./in-batches.ts";
import { staysInside, type TreeFile, treeFiles } from "./tree-entries.ts";
import { type Placed, TreeFolder, type TreeFolderOptions } from "./tree-folder.ts";

/** Files that are read and written at a time. */
const BATCH = 128;

/** A tree on the disk, for one check; disposing it gives its folder to the next one. */
export type PlacedTree = AsyncDisposable & {
  readonly directory: string;
  /** An empty folder beside it. */
  readonly scratch: string;
  /** What is different from a checkout, for people. */
  readonly notes: readonly string[];
};

/**
 * Puts trees on the disk. A base is written once; a check that follows another one in the same folder costs the files in which the
 * two trees differ. A folder that a check could write to is not used again.
 */
export class TreeStore {
  readonly #root: string;
  readonly #options: TreeFolderOptions;
  readonly #blobs: BlobFolder;
  readonly #free: TreeFolder[] = [];
  #made = 0;

  /** `root` is a private folder, which the store fills and never empties. */
  constructor(root: string, options: TreeFolderOptions) {
    this.#root = root;
    this.#options = options;
    this.#blobs = new BlobFolder(join(root, "blobs"));
  }

  async place(tree: CheckedTree, signal: AbortSignal): Promise<PlacedTree> {
    const { files, ...entries } = await treeFiles(tree, signal);
    const content = new Map<RepoPath, Placed>();
    let leftOut = 0;
    let links = 0;
    const placed = await inBatches(files, BATCH, signal, (file) => this.#placed(tree.base, file, signal));
    for (const [index, { path, kind }] of files.entries()) {
      const what = placed[index];
      if (what !== undefined) content.set(path, what);
      else if (kind === "symlink") links += 1;
      else leftOut += 1;
    }
    const folder = this.#free.pop() ?? (await this.#newFolder());
    try {
      await folder.become(content, signal);
    } catch (error) {
      await folder.remove();
      throw error;
    }
    return {
      directory: folder.directory,
      scratch: folder.scratch,
      notes: notesOn({ ...entries, links, leftOut }),
      [Symbol.asyncDispose]: async () => {
        if (this.#options.writable) await folder.remove();
        else this.#free.push(folder);
      },
    };
  }

  async #placed(base: Snapshot, file: TreeFile, signal: AbortSignal): Promise<Placed | undefined> {
    if (file.kind === "file") {
      const stored = await this.#blobs.store(base, file);
      return stored === undefined ? undefined : { file: stored };
    }
    const link = await base.read(file.path, signal);
    return link.kind === "symlink" && staysInside(file.path, link.text) ? { target: link.text } : undefined;
  }

  async #newFolder(): Promise<TreeFolder> {
    this.#made += 1;
    const folder = new TreeFolder(join(this.#root, `tree-${this.#made}`), this.#options);
    await folder.create();
    return folder;
  }
}

function notesOn(found: {
  readonly links: number;
  readonly submodules: number;
  readonly unusual: number;
  readonly leftOut: number;
}): readonly string[] {
  const { links, submodules, unusual, leftOut } = found;
  const notes = [
    [links, "symbolic link that leads out of the tree was", "symbolic links that lead out of the tree were"],
    [submodules, "submodule was", "submodules were"],
    [unusual, "file with an unusual name was", "files with unusual names were"],
    [leftOut, "very large file was", "very large files were"],
  ] as const;
  return notes.flatMap(([count, one, many]) => (count === 0 ? [] : [`${count} ${count === 1 ? one : many} left out`]));
}
