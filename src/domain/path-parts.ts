import type { RepoPath } from "./repo-path.ts";

/** Comparator by code unit: the order of every list of paths here, the same on every machine. */
export function comparePaths(a: RepoPath, b: RepoPath): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The last segment: `a/b.ts` -> `b.ts`. */
export function baseName(path: RepoPath): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder, "" for the root: `a/b.ts` -> `a`. */
export function folderOf(path: RepoPath): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

/** The first folder, "" for files in the root. */
export function topFolder(path: RepoPath): string {
  const slash = path.indexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

/** What stands behind the last dot of the base name, in lower case; "" when there is none (also for `.gitignore`). */
export function extensionOf(path: RepoPath): string {
  const name = baseName(path);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** The path without its extension: `a/b.test.ts` -> `a/b.test`. */
export function stemOf(path: RepoPath): string {
  const extension = extensionOf(path);
  return extension === "" ? path : path.slice(0, -extension.length - 1);
}

/** The words of a path in lower case, cut at every non-alphanumeric character and every camelCase border. */
export function wordsOf(path: RepoPath): readonly string[] {
  return path
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, " ")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}
