import { baseName, folderOf } from "./path-parts.ts";
import { parseRepoPath, type RepoPath } from "./repo-path.ts";

const PLACEHOLDER = /\{(path|folder|name|extension)\}/g;

/**
 * What is written for these files by `Recipe.writes`, each path once, sorted. A template that gives no plain path for a file (a file
 * in the root for `{folder}/…` is one in the root) is left out.
 */
export function writtenPaths(targets: readonly RepoPath[], templates: readonly string[]): readonly RepoPath[] {
  const paths = targets.flatMap((path) => templates.map((template) => parseRepoPath(filled(template, path))));
  return [...new Set(paths.filter((path) => path !== undefined))].toSorted();
}

function filled(template: string, path: RepoPath): string {
  const name = baseName(path);
  const dot = name.lastIndexOf(".");
  const parts: Readonly<Record<string, string>> = {
    path,
    folder: folderOf(path),
    name: dot <= 0 ? name : name.slice(0, dot),
    extension: dot <= 0 ? "" : name.slice(dot + 1),
  };
  return template.replaceAll(PLACEHOLDER, (_, part: string) => parts[part] ?? "").replace(/^\/+/, "");
}
