import { constants, copyFile, link, mkdir, rm, rmdir, symlink, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { RepoPath } from "../../domain/repo-path.ts";
import type { Dependency } from "./confinement.ts";
import { inBatches } from "./in-batches.ts";

/** Files that are linked at a time. */
const BATCH = 128;

export type TreeFolderOptions = {
  readonly dependencies: readonly Dependency[];
  /** True when the command can write: it gets files that nobody else has. */
  readonly writable: boolean;
  /** Whether the dependencies are mounted; else they are linked. */
  readonly mounts: boolean;
};

/** What lies at a path: the file that it was linked or copied from, or a symbolic link. */
export type Placed = { readonly file: string } | { readonly target: string };

/** A tree on the disk that can be turned into another one, at the cost of the files that differ. One check at a time. */
export class TreeFolder {
  readonly directory: string;
  /** An empty folder beside it. */
  readonly scratch: string;
  readonly #root: string;
  readonly #options: TreeFolderOptions;
  #content: ReadonlyMap<RepoPath, Placed> = new Map();

  /** `root` does not exist yet. */
  constructor(root: string, options: TreeFolderOptions) {
    this.#root = root;
    this.directory = join(root, "work");
    this.scratch = join(root, "scratch");
    this.#options = options;
  }

  async create(): Promise<void> {
    const { dependencies, mounts: areMounted } = this.#options;
    const mounts = dependencies.map(({ path }) => join(this.directory, areMounted ? path : dirname(path)));
    for (const folder of [this.scratch, this.directory, ...mounts])
      await mkdir(folder, { recursive: true, mode: 0o755 });
    if (areMounted) return;
    for (const { directory, path } of dependencies) await symlink(directory, join(this.directory, path));
  }

  /** Makes the tree hold exactly these contents, by path. After it threw, the folder is fit for nothing but `remove`. */
  async become(content: ReadonlyMap<RepoPath, Placed>, signal: AbortSignal): Promise<void> {
    const gone = [...this.#content].flatMap(([path, file]) => (isSame(content.get(path), file) ? [] : [path]));
    const fresh = [...content].filter(([path, file]) => !isSame(this.#content.get(path), file));
    await inBatches(gone, BATCH, signal, (path) => unlink(join(this.directory, path)));
    for (const folder of new Set(gone.map((path) => dirname(path)))) await this.#removeEmpty(folder);
    for (const folder of new Set(fresh.map(([path]) => dirname(path)))) {
      await mkdir(join(this.directory, folder), { recursive: true, mode: 0o755 });
    }
    await inBatches(fresh, BATCH, signal, ([path, file]) => this.#put(file, join(this.directory, path)));
    this.#content = content;
  }

  async remove(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }

  async #put(placed: Placed, target: string): Promise<void> {
    if ("target" in placed) {
      await symlink(placed.target, target);
      return;
    }
    const { file } = placed;
    if (this.#options.writable) await copyFile(file, target, constants.COPYFILE_FICLONE);
    // A file system has a limit of links to one file; a tree with more equal files than that gets copies.
    else await link(file, target).catch(() => copyFile(file, target));
  }

  /** Git knows no empty folders, and a file may have to stand where one is. */
  async #removeEmpty(folder: string): Promise<void> {
    const mounts = this.#options.dependencies.map(({ path }) => path);
    for (let each = folder; each !== "." && !mounts.includes(each); each = dirname(each)) {
      try {
        await rmdir(join(this.directory, each));
      } catch {
        // Something is left in it, so it stays, and so do those above.
        return;
      }
    }
  }
}

function isSame(a: Placed | undefined, b: Placed): boolean {
  if (a === undefined) return false;
  return "file" in a ? "file" in b && a.file === b.file : "target" in b && a.target === b.target;
}
