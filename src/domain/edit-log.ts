import type { FileEdit } from "./file-edit.ts";
import { comparePaths } from "./path-parts.ts";

/** All edits against one snapshot: sorted by path, each path once. A commit is built from this and from nothing on a disk. */
export type EditLog = readonly FileEdit[];

/** The log of these edits, in whatever order they come. @throws {Error} when a path is edited twice: write scopes are disjoint. */
export function editLog(edits: Iterable<FileEdit>): EditLog {
  const sorted = [...edits].toSorted((a, b) => comparePaths(a.path, b.path));
  for (const [index, { path }] of sorted.entries()) {
    if (sorted[index + 1]?.path === path) throw new Error(`${path} is edited twice in one edit log`);
  }
  return sorted;
}
