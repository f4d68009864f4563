import picomatch from "picomatch";

import type { AuditRecipe } from "./audit-recipe.ts";
import type { PathAttributes } from "./change-set.ts";
import type { ChangedFile } from "./diff.ts";
import { generatedReason } from "./generated.ts";
import { isLockFile } from "./lock-file.ts";
import { comparePaths } from "./path-parts.ts";
import type { SkippedFile } from "./plan.ts";
import type { RepoPath } from "./repo-path.ts";
import { isTest } from "./test-subject.ts";
import { vendoredReason } from "./vendored.ts";

/** A file of the tree that an audit is about. `blob` is git's id of its content, `bytes` its size. */
export type AuditFile = { readonly path: RepoPath; readonly blob: string; readonly bytes: number };

/** One path of the tree, as a snapshot lists it. */
type Entry = { readonly path: RepoPath; readonly kind: string; readonly blob: string; readonly size?: number };

/** What decides, beside the recipe, which files are read. */
export type SelectionRules = {
  /** Takes the place of the recipe's globs; empty: the recipe's own. */
  readonly globs: readonly string[];
  /** The sentence by which the settings leave a path out. */
  readonly settingsReason: (path: RepoPath) => string | undefined;
  readonly attributes: ReadonlyMap<RepoPath, PathAttributes>;
  /** The sentence that says why this engine cannot read the path; undefined when it can. */
  readonly engineReason: (path: RepoPath) => string | undefined;
  /** Larger files are not read. */
  readonly maxBytes: number;
};

/** The files to read and those that match and are left out, each sorted by path. What the globs do not match is in neither. */
export type Selection = {
  readonly wanted: readonly AuditFile[];
  readonly skipped: readonly (AuditFile & SkippedFile)[];
};

/**
 * Whether a path is one that the recipe is about, by its name alone. `globs` take the place of the recipe's own when there are
 * any; `docs/` means everything below `docs`.
 */
export function recipeMatcher(recipe: AuditRecipe, globs: readonly string[]): (path: RepoPath) => boolean {
  const compile = (list: readonly string[]): ((path: string) => boolean) =>
    list.length === 0
      ? () => false
      : picomatch(
          list.map((glob) => (glob.endsWith("/") ? `${glob}**` : glob)),
          { dot: true },
        );
  const included = compile(globs.length > 0 ? globs : recipe.files);
  const ignored = compile(recipe.ignore);
  return (path) => {
    if (!included(path) || ignored(path)) return false;
    return recipe.tests === "with" || isTest(path) === (recipe.tests === "only");
  };
}

/** Sorts the tree's files into those that are read and those that are not, with the reason. */
export function selectAuditFiles(entries: readonly Entry[], recipe: AuditRecipe, rules: SelectionRules): Selection {
  const matches = recipeMatcher(recipe, rules.globs);
  const wanted: AuditFile[] = [];
  const skipped: (AuditFile & SkippedFile)[] = [];
  for (const entry of entries.toSorted((a, b) => comparePaths(a.path, b.path))) {
    if (!matches(entry.path)) continue;
    const file = { path: entry.path, blob: entry.blob, bytes: entry.size ?? 0 };
    const reason = reasonAgainst(entry, rules);
    if (reason === undefined) wanted.push(file);
    else skipped.push({ ...file, reason });
  }
  return { wanted, skipped };
}

function reasonAgainst(entry: Entry, rules: SelectionRules): string | undefined {
  const { path } = entry;
  const attributes = rules.attributes.get(path);
  if (entry.kind === "submodule") return "Submodule: its files belong to another repository.";
  if (entry.kind === "symlink") return "Symbolic link: links are not followed.";
  if (entry.size === 0) return "Empty file.";
  return (
    rules.settingsReason(path) ??
    (attributes?.binary === true ? "Binary file." : undefined) ??
    (isLockFile(path) ? "Lock file: a package tool writes it." : undefined) ??
    vendoredReason(path, attributes) ??
    generatedReason(wholeFile(path), attributes, undefined) ??
    ((entry.size ?? 0) > rules.maxBytes
      ? `Too large for one reader (${Math.round((entry.size ?? 0) / 1_000)} kB of at most ${Math.round(rules.maxBytes / 1_000)}).`
      : undefined) ??
    rules.engineReason(path)
  );
}

/** A file of the tree in the shape in which a review knows its files: all of it counts, and there is no diff. */
export function wholeFile(path: RepoPath): ChangedFile {
  return {
    path,
    status: "added",
    kind: "file",
    additions: 1,
    deletions: 0,
    binary: false,
    becameExecutable: false,
    hunks: [],
  };
}
