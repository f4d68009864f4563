import { comparePaths } from "./path-parts.ts";
import type { RepoPath } from "./repo-path.ts";

/** Something with a place in the tree and a size. */
type Sized = { readonly path: RepoPath; readonly tokens: number };

/** How large a pack may get: it is closed before it would exceed either. A single larger file is a pack of its own. */
export type PackLimits = { readonly tokens: number; readonly files: number };

type Folder<T> = { readonly files: T[]; readonly folders: Map<string, Folder<T>> };

/**
 * Packs files so that those of one folder are together: a folder that fits is one pack; of one that does not, each subfolder is
 * packed by itself, and small neighbours share a pack. Depends on the files alone, not on their order; a change in one folder
 * moves files in that folder and its parents only. Sorted by first path.
 */
export function packNeighbours<T extends Sized>(files: readonly T[], limits: PackLimits): readonly (readonly T[])[] {
  const root: Folder<T> = { files: [], folders: new Map() };
  for (const file of files.toSorted((a, b) => comparePaths(a.path, b.path))) {
    const segments = file.path.split("/").slice(0, -1);
    let at = root;
    for (const segment of segments) {
      let next = at.folders.get(segment);
      if (next === undefined) at.folders.set(segment, (next = { files: [], folders: new Map() }));
      at = next;
    }
    at.files.push(file);
  }
  return packsOf(root, limits).toSorted((a, b) => comparePaths(a[0]?.path ?? "", b[0]?.path ?? ""));
}

function packsOf<T extends Sized>(folder: Folder<T>, limits: PackLimits): readonly (readonly T[])[] {
  const parts = [
    ...folder.files.map((file) => [file]),
    ...[...folder.folders.values()].flatMap((inner) => packsOf(inner, limits)),
  ];
  return joined(parts, limits);
}

/** Neighbouring packs in one while they fit; order is kept. */
function joined<T extends Sized>(packs: readonly (readonly T[])[], limits: PackLimits): readonly (readonly T[])[] {
  const result: T[][] = [];
  let open: T[] | undefined;
  let tokens = 0;
  for (const pack of packs) {
    const size = pack.reduce((sum, file) => sum + file.tokens, 0);
    if (open !== undefined && tokens + size <= limits.tokens && open.length + pack.length <= limits.files) {
      open.push(...pack);
      tokens += size;
    } else {
      open = [...pack];
      tokens = size;
      result.push(open);
    }
  }
  return result;
}
