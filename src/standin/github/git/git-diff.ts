import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { FileStatus, StandinFile, StandinHunk } from "../model-diff.ts";
import type { GitRunner } from "./git-process.ts";
import { resolveObject } from "./git-store.ts";
import { parsePatch } from "./patch-text.ts";

/** GitHub's diff limits: https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits */
const LIMITS = { fileLines: 20_000, fileBytes: 500 * 1024, totalLines: 20_000, totalBytes: 1024 * 1024 };

const STATUS: Readonly<Record<string, FileStatus>> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  C: "copied",
  T: "changed",
};

interface RawEntry {
  readonly status: FileStatus;
  readonly oldSha: string;
  readonly newSha: string;
  readonly path: string;
  readonly previousPath: string | undefined;
}

/** The changed files between two commits, in path order, with patches as GitHub cuts them. One git process. */
export async function diffCommits(
  git: GitRunner,
  directory: string,
  base: string,
  head: string,
): Promise<StandinFile[]> {
  const out = (
    await git.read(directory, [...(await attributes(git, directory, head)), ...diffArguments(["--raw"]), base, head])
  ).toString("utf8");
  const patchStart = out.indexOf("diff --git ");
  const { entries } = parseRaw(patchStart < 0 ? out : out.slice(0, patchStart));
  const sections = patchStart < 0 ? [] : splitSections(out.slice(patchStart));
  let next = 0;
  const total = { lines: 0, bytes: 0 };
  return entries.map((entry) => {
    // git shows a type change (file to symbolic link) as a deletion and a creation.
    const count = entry.status === "changed" ? 2 : 1;
    const hunks = sections
      .slice(next, next + count)
      .map(hunkText)
      .filter((text) => text !== "")
      .join("\n");
    next += count;
    return toFile(entry, hunks, total);
  });
}

/** The diff as `application/vnd.github.diff` gives it. */
export async function diffText(git: GitRunner, directory: string, base: string, head: string): Promise<string> {
  const args = [...(await attributes(git, directory, head)), ...diffArguments([]), base, head];
  return (await git.read(directory, args)).toString("utf8");
}

function diffArguments(extra: readonly string[]): string[] {
  return [
    "diff-tree",
    "-r",
    "-p",
    ...(extra.length > 0 ? [...extra, "-z"] : []),
    "--full-index",
    "--find-renames",
    "-l2000",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "-U3",
  ];
}

/** A bare repository has no work tree to read `.gitattributes` from, so the head's own is handed over as a file. */
async function attributes(git: GitRunner, directory: string, head: string): Promise<string[]> {
  const blob = await resolveObject(git, directory, `${head}:.gitattributes`);
  if (blob === undefined) return [];
  const content = await git.run(directory, ["cat-file", "blob", blob]);
  if (content.code !== 0) return [];
  const file = join(directory, `attributes-${blob}`);
  await writeFile(file, content.stdout);
  return ["-c", `core.attributesFile=${file}`];
}

function parseRaw(text: string): { entries: RawEntry[] } {
  const fields = text.split("\0");
  const entries: RawEntry[] = [];
  for (let at = 0; at < fields.length; at += 1) {
    const [, oldSha = "", newSha = "", letter = ""] =
      /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/.exec(fields[at] ?? "") ?? [];
    const status = STATUS[letter];
    if (status === undefined) continue;
    const first = fields[++at] ?? "";
    const moved = status === "renamed" || status === "copied";
    entries.push({
      status,
      oldSha,
      newSha,
      path: moved ? (fields[++at] ?? "") : first,
      previousPath: moved ? first : undefined,
    });
  }
  return { entries };
}

/**
 * One text for each `diff --git` header. No row of a hunk can start like one: rows start with a marker.
 * Only line feeds count as line breaks, so no `m` flag, which also stops at carriage returns and U+2028.
 */
function splitSections(text: string): string[] {
  return text.split("\ndiff --git ");
}

function hunkText(section: string): string {
  const start = section.indexOf("\n@@ ");
  return start < 0 ? "" : section.slice(start + 1).replace(/\n$/, "");
}

function toFile(entry: RawEntry, patch: string, total: { lines: number; bytes: number }): StandinFile {
  const rows = patch === "" ? [] : patch.split("\n");
  const bytes = Buffer.byteLength(patch);
  total.lines += rows.length;
  total.bytes += bytes;
  const shown =
    rows.length > 0 &&
    rows.length <= LIMITS.fileLines &&
    bytes <= LIMITS.fileBytes &&
    total.lines <= LIMITS.totalLines &&
    total.bytes <= LIMITS.totalBytes;
  let hunks: readonly StandinHunk[] | undefined;
  return {
    path: entry.path,
    ...(entry.previousPath === undefined ? {} : { previousPath: entry.previousPath }),
    status: entry.status,
    sha: entry.status === "removed" ? entry.oldSha : entry.newSha,
    additions: rows.filter((row) => row.startsWith("+")).length,
    deletions: rows.filter((row) => row.startsWith("-")).length,
    ...(shown ? { patch } : {}),
    get hunks() {
      hunks ??= shown ? parsePatch(patch) : [];
      return hunks;
    },
  };
}
