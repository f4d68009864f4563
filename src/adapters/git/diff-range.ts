import type { Sha } from "../../domain/change-set.ts";
import type { ChangedFile } from "../../domain/diff.ts";
import { gitDiffReader, type DiffLimits } from "../../domain/git-diff-reader.ts";
import { requireSha } from "./require-sha.ts";
import { streamGit, type GitDirectory } from "./run-git.ts";

/** Beyond this many added and removed files git looks for exact renames only; its own default, fixed against configuration. */
const RENAME_LIMIT = 1_000;

/** What changed from the tree of `base` to the tree of `head` (no merge base is looked for), sorted by path; empty when nothing did. */
export async function diffRange(
  directory: GitDirectory,
  base: Sha,
  head: Sha,
  signal: AbortSignal,
  limits?: DiffLimits,
): Promise<ChangedFile[]> {
  const reader = gitDiffReader(limits);
  const shape = ["-r", "-z", "--raw", "-p", "-M", `-l${RENAME_LIMIT}`, "--unified=3", "--full-index", "--no-abbrev"];
  const fixed = ["--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short", "--ignore-submodules=none"];
  const names = ["--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=myers", "--no-relative"];
  const args = [
    "diff-tree",
    ...shape,
    ...fixed,
    ...names,
    "--end-of-options",
    requireSha(base),
    requireSha(head),
    "--",
  ];
  await streamGit(directory, args, (chunk) => reader.push(chunk), signal);
  return reader.end();
}
