import { folderOf, baseName } from "./path-parts.ts";
import type { RepoPath } from "./repo-path.ts";

/** New files right in `folder` ("" is the root) whose names start with `prefix` and end with `suffix`, the two not overlapping. */
export type NewFiles = { readonly folder: RepoPath; readonly prefix: string; readonly suffix: string };

/** What one subagent may write: `paths` it may change, or create where they are missing, and new files by name. No globs. */
export type WriteScope = { readonly paths: readonly RepoPath[]; readonly newFiles: readonly NewFiles[] };

/** Two scopes, by their places in the list, and what both of them may write: a path, or the pattern `folder/prefix*suffix`. */
export type ScopeOverlap = { readonly first: number; readonly second: number; readonly what: string };

/** What the scope allows with a path: `write` (change it, or create it where it is missing), `create` only, or nothing. */
export function allowedBy(scope: WriteScope, path: RepoPath): "write" | "create" | "nothing" {
  if (scope.paths.includes(path)) return "write";
  return scope.newFiles.some((files) => matches(files, path)) ? "create" : "nothing";
}

/** Whether no path can be written from two of the scopes. */
export function disjoint(scopes: readonly WriteScope[]): boolean {
  return firstOverlap(scopes) === undefined;
}

/** The first two scopes that share a path, in the order of the list; undefined when they are disjoint. */
export function firstOverlap(scopes: readonly WriteScope[]): ScopeOverlap | undefined {
  const owners = new Map<RepoPath, number>();
  const patterns = new Map<RepoPath, { readonly files: NewFiles; readonly owner: number }[]>();
  for (const [second, scope] of scopes.entries()) {
    for (const path of scope.paths) {
      const first = owners.get(path) ?? patterns.get(folderOf(path))?.find(({ files }) => matches(files, path))?.owner;
      if (first !== undefined && first !== second) return { first, second, what: path };
      owners.set(path, second);
    }
    for (const files of scope.newFiles) {
      const shared = patterns.get(files.folder)?.find((other) => other.owner !== second && canMeet(other.files, files));
      if (shared !== undefined) return { first: shared.owner, second, what: named(files) };
      const owned = [...owners].find(([path, owner]) => owner !== second && matches(files, path));
      if (owned !== undefined) return { first: owned[1], second, what: owned[0] };
      patterns.set(files.folder, [...(patterns.get(files.folder) ?? []), { files, owner: second }]);
    }
  }
  return undefined;
}

function matches({ folder, prefix, suffix }: NewFiles, path: RepoPath): boolean {
  const name = baseName(path);
  if (folderOf(path) !== folder || name.length < prefix.length + suffix.length) return false;
  return name.startsWith(prefix) && name.endsWith(suffix);
}

/** Some name fits both exactly when one prefix begins the other and one suffix ends the other: the longer ones joined fit. */
function canMeet(a: NewFiles, b: NewFiles): boolean {
  const prefixes = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  const suffixes = a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix);
  return a.folder === b.folder && prefixes && suffixes;
}

function named({ folder, prefix, suffix }: NewFiles): string {
  return `${folder === "" ? "" : `${folder}/`}${prefix}*${suffix}`;
}
