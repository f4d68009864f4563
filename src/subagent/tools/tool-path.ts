import { parseRepoPath, type RepoPath } from "../../domain/repo-path.ts";
import { visibleText } from "../../domain/visible-text.ts";
import type { TreeEntry } from "../../ports/snapshot.ts";

/** The repository's root as a folder; the only RepoPath that may be empty. */
export const ROOT = "";

/**
 * A path as a model writes it, as a path of the tree: `/src/a.ts` and `./src/a.ts` count from the root of the repository, a
 * slash at the end is left out, and `/`, `.` and the empty text are ROOT. Undefined for everything that parseRepoPath refuses.
 */
export function treePath(text: string): RepoPath | undefined {
  const relative = text.replace(/^\.?\//, "").replace(/(?<=[^/])\/$/, "");
  return relative === "" || relative === "." ? ROOT : parseRepoPath(relative);
}

/** A text that a stranger chose, on one line, for an answer to the model. */
export function named(text: string): string {
  const short = text.length > 300 ? `${text.slice(0, 300)}...` : text;
  return visibleText(JSON.stringify(short));
}

/** What to say about a path that treePath refuses. */
export function refusedPath(text: string): string {
  return `${named(text)} is not a path in this repository. Give a path relative to its root, with / between folders and without . or .. parts.`;
}

/** Whether the entry is the path itself or lies below it. */
export function isWithin(entry: TreeEntry, path: RepoPath): boolean {
  return path === ROOT || entry.path === path || entry.path.startsWith(`${path}/`);
}
