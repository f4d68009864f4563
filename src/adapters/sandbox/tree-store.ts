import { join } from "node:path";

import type { RepoPath } from "../../domain/repo-path.ts";
import type { CheckedTree } from "../../ports/checker.ts";
import { BlobFolder, type StoredBlob } from "./blob-folder.ts";
import { inBatches } from "./in-batches.ts";
import { treeFiles } from "./tree-entries.ts";
import { TreeFolder, type TreeFolderOptions } from "./tree-folder.ts";

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
    const blobs = await inBatches(files, BATCH, signal, (file) => this.#blobs.store(tree.base, file));
    const content = new Map<RepoPath, string>();
    for (const [index, { path }] of files.entries()) {
      const blob = blobs[index];
      if (blob !== undefined) content.set(path, blob.file);
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
      notes: notesOn({ ...entries, blobs }),
      [Symbol.asyncDispose]: async () => {
        if (this.#options.writable) await folder.remove();
        else this.#free.push(folder);
      },
    };
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
  readonly blobs: readonly (StoredBlob | undefined)[];
}): readonly string[] {
  const leftOut = found.blobs.filter((blob) => blob === undefined).length;
  const altered = found.blobs.filter((blob) => blob?.exact === false).length;
  return [
    ...counted(found.links, "symbolic link was", "symbolic links were", "left out: the check sees no links"),
    ...counted(found.submodules, "submodule was", "submodules were", "left out"),
    ...counted(found.unusual, "file with an unusual name was", "files with unusual names were", "left out"),
    ...counted(leftOut, "binary or very large file was", "binary or very large files were", "left out"),
    ...counted(altered, "file that is not UTF-8 differs", "files that are not UTF-8 differ", "from the repository's"),
  ];
}

function counted(count: number, one: string, many: string, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many} ${what}`];
}
