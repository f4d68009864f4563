import { constants, copyFile, link, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { CheckedTree } from "../../ports/checker.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import type { Dependency } from "./confinement.ts";
import { inBatches } from "./in-batches.ts";
import { type TreeFile, treeFiles } from "./tree-entries.ts";

/** Files that are read, written or linked at a time. */
const BATCH = 128;

/** A tree on the disk, for one check; disposing it removes it. */
export type PlacedTree = AsyncDisposable & {
  readonly directory: string;
  /** An empty folder beside it. */
  readonly scratch: string;
  /** What is different from a checkout, for people. */
  readonly notes: readonly string[];
};

export type PlaceOptions = {
  readonly dependencies: readonly Dependency[];
  /** True when the check can write: it gets files that nobody else has, and links to its dependencies instead of mounts. */
  readonly writable: boolean;
};

/** How a base file came to the disk; `undefined` when it could not (binary, too large, gone). */
type Stored = { readonly file: string; readonly exact: boolean } | undefined;

/**
 * Puts trees on the disk. Each version of a file of a base is read and written once and then linked into every tree that has it, so
 * a check costs one link per file of the tree and one write per edit.
 */
export class TreeStore {
  readonly #root: string;
  readonly #stored = new Map<string, Promise<Stored>>();
  #placed = 0;

  /** `root` is a private folder, which the store fills and never empties by itself. */
  constructor(root: string) {
    this.#root = root;
  }

  async place(tree: CheckedTree, options: PlaceOptions, signal: AbortSignal): Promise<PlacedTree> {
    const { files, links, submodules } = await treeFiles(tree, signal);
    this.#placed += 1;
    const directory = join(this.#root, `tree-${this.#placed}`);
    const placed: PlacedTree = {
      directory: join(directory, "work"),
      scratch: join(directory, "scratch"),
      notes: [],
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 3 }),
    };
    try {
      await mkdir(join(this.#root, "blobs"), { recursive: true, mode: 0o755 });
      await mkdir(placed.scratch, { recursive: true, mode: 0o755 });
      await makeFolders(placed.directory, files, options);
      const problems = await inBatches(files, BATCH, signal, (file) =>
        file.text === undefined
          ? this.#placeBase(tree.base, file, placed.directory, options.writable)
          : writeNew(join(placed.directory, file.path), file.text, file.executable),
      );
      return { ...placed, notes: notesOn({ links, submodules, problems }) };
    } catch (error) {
      await placed[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #placeBase(base: Snapshot, file: TreeFile, directory: string, writable: boolean): Promise<Problem> {
    const stored = await this.#store(base, file);
    if (stored === undefined) return "left out";
    const target = join(directory, file.path);
    if (writable) await copyFile(stored.file, target, constants.COPYFILE_FICLONE);
    // A file system has a limit of links to one file; a tree with more equal files than that gets copies.
    else await link(stored.file, target).catch(() => copyFile(stored.file, target));
    return stored.exact ? undefined : "altered";
  }

  #store(base: Snapshot, file: TreeFile): Promise<Stored> {
    const key = `${file.blob ?? ""}${file.executable ? "-x" : ""}`;
    const known = this.#stored.get(key);
    if (known !== undefined) return known;
    const storing = this.#load(base, file, join(this.#root, "blobs", key));
    this.#stored.set(key, storing);
    storing.catch(() => this.#stored.delete(key));
    return storing;
  }

  async #load(base: Snapshot, file: TreeFile, target: string): Promise<Stored> {
    // Shared by all checks, so none of their signals may end it.
    const content = await base.read(file.path, new AbortController().signal);
    if (content.kind !== "text") return undefined;
    await writeNew(target, content.text, file.executable);
    return { file: target, exact: file.size === undefined || file.size === Buffer.byteLength(content.text) };
  }
}

type Problem = "left out" | "altered" | undefined;

/** World-readable: the check may run as another user, and the folder around it is closed to everybody else. */
async function writeNew(target: string, text: string, executable: boolean): Promise<undefined> {
  await writeFile(target, text, { mode: executable ? 0o755 : 0o644 });
  return undefined;
}

async function makeFolders(root: string, files: readonly TreeFile[], options: PlaceOptions): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(path)));
  const mounts = options.dependencies.map(({ path }) => (options.writable ? dirname(path) : path));
  for (const folder of [".", ...folders, ...mounts]) await mkdir(join(root, folder), { recursive: true, mode: 0o755 });
  if (!options.writable) return;
  for (const { directory, path } of options.dependencies) await symlink(directory, join(root, path));
}

function notesOn(found: {
  readonly links: number;
  readonly submodules: number;
  readonly problems: readonly Problem[];
}): readonly string[] {
  const leftOut = found.problems.filter((problem) => problem === "left out").length;
  const altered = found.problems.filter((problem) => problem === "altered").length;
  return [
    ...counted(found.links, "symbolic link was", "symbolic links were", "left out: the check sees no links"),
    ...counted(found.submodules, "submodule was", "submodules were", "left out"),
    ...counted(leftOut, "binary or very large file was", "binary or very large files were", "left out"),
    ...counted(altered, "file is", "files are", "not UTF-8 and differ from the repository's"),
  ];
}

function counted(count: number, one: string, many: string, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many} ${what}`];
}
