import type { Sha } from "../../domain/change-set.ts";
import type { ChangedFile } from "../../domain/diff.ts";
import { ConfigurationError } from "../../domain/errors.ts";
import { gitDiffReader, type DiffLimits } from "../../domain/git-diff-reader.ts";
import { parseRawDiff } from "../../domain/parse-raw-diff.ts";
import { requireSha } from "./require-sha.ts";
import { runGit, streamGit, type GitDirectory } from "./run-git.ts";

/** Beyond this many added and removed files git looks for exact renames only; its own default, fixed against configuration. */
const RENAME_LIMIT = 1_000;

const SHAPE = ["-r", "-z", "--raw", "-M", `-l${RENAME_LIMIT}`, "--unified=3", "--full-index", "--no-abbrev"];
const FIXED = ["--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short", "--ignore-submodules=none"];
const NAMES = ["--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=myers", "--no-relative"];
/** A clone that lacks more changed files than this is a partial clone, which its owner has to complete. */
const MAX_MISSING = 100;

/**
 * What changed from the tree of `base` to the tree of `head` (no merge base is looked for), sorted by path; empty when nothing did.
 * Files whose content the repository does not hold have no hunks (`not-sent`).
 * @throws {ConfigurationError} the repository lacks the content of many of them.
 */
export async function diffRange(
  directory: GitDirectory,
  base: Sha,
  head: Sha,
  signal: AbortSignal,
  limits?: DiffLimits,
): Promise<ChangedFile[]> {
  const range = ["--end-of-options", requireSha(base), requireSha(head), "--"];
  try {
    return await readDiff(directory, range, signal, limits);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const missing = await changesWithoutContent(directory, range, signal);
    if (missing.length === 0 || missing.length > MAX_MISSING) throw error;
    const others = missing.map(({ name }) => `:(exclude,literal)${name}`);
    const files = await readDiff(directory, [...range, ":/", ...others], signal, limits);
    return [...files, ...missing.map(({ file }) => file)].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }
}

async function readDiff(
  directory: GitDirectory,
  range: readonly string[],
  signal: AbortSignal,
  limits: DiffLimits | undefined,
): Promise<ChangedFile[]> {
  const reader = gitDiffReader(limits);
  const args = ["diff-tree", "-p", ...SHAPE, ...FIXED, ...NAMES, ...range];
  await streamGit(directory, args, (chunk) => reader.push(chunk), signal);
  return reader.end();
}

type Missing = { readonly name: string; readonly file: ChangedFile };

async function changesWithoutContent(
  directory: GitDirectory,
  range: readonly string[],
  signal: AbortSignal,
): Promise<Missing[]> {
  const { output } = await runGit(
    directory,
    ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", ...range],
    signal,
  );
  const fields = output.toString("latin1").split("\0").slice(0, -1);
  const names = fields.filter((_, index) => index % 2 === 1).map((name) => Buffer.from(name, "latin1"));
  const changes = parseRawDiff(fields.map((field) => Buffer.from(field, "latin1")));
  const ids = changes.flatMap(({ kind, baseBlob, headBlob }) => (kind === "submodule" ? [] : [baseBlob, headBlob]));
  const input = ids.flatMap((id) => (id === undefined ? [] : [`${id}\n`])).join("");
  const check = await runGit(directory, ["cat-file", "--batch-check"], signal, { input });
  const missing = new Set(check.output.toString("latin1").match(/^[0-9a-f]+(?= missing$)/gm));
  return changes.flatMap(({ patches: _patches, ...change }, index) => {
    const isMissing = [change.baseBlob, change.headBlob].some((id) => id !== undefined && missing.has(id));
    if (!isMissing) return [];
    const file: ChangedFile = {
      ...change,
      binary: false,
      hunks: [],
      additions: 0,
      deletions: 0,
      hunksOmitted: "not-sent",
    };
    return [{ name: names[index]?.toString("utf8") ?? "", file }];
  });
}
