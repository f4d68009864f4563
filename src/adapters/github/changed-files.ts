import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import type { ChangedFile, FileStatus } from "../../domain/diff.ts";
import { parsePatch } from "../../domain/parse-diff.ts";
import { parseRepoPath } from "../../domain/repo-path.ts";
import type { GitHub } from "./octokit.ts";
import type { PullRequest } from "./pull-request.ts";

/** What GitHub says about the change between two pinned commits. */
export type ApiChange = {
  readonly mergeBase: Sha;
  /** Sorted by path, each path once. Kinds and modes are not told by this API: every path is a plain `file` here. */
  readonly files: readonly ChangedFile[];
  readonly unlistedFiles: number;
  readonly commitMessages: readonly string[];
};

/** Most files that one comparison lists (docs.github.com, "Compare two commits"). */
const COMPARISON_FILES = 300;
/** Most files that a pull request's list ever gives (docs.github.com, "List pull requests files"). */
const LISTED_FILES = 3_000;
const PAGE = 100;

const ApiFile = z.object({
  filename: z.string(),
  previous_filename: z.string().optional(),
  status: z.string(),
  sha: z.string().nullish(),
  additions: z.int().nonnegative(),
  deletions: z.int().nonnegative(),
  changes: z.int().nonnegative(),
  patch: z.string().optional(),
  contents_url: z.string(),
});
type ApiFile = z.infer<typeof ApiFile>;

const Comparison = z.object({
  merge_base_commit: z.object({ sha: z.string() }),
  commits: z.array(z.object({ commit: z.object({ message: z.string() }) })),
  files: z.array(ApiFile).default([]),
});

/**
 * The files that a pull request changes. One comparison of pinned commits is enough up to 300 files; the list of the pull
 * request is paged beyond, and left alone when the branch has moved meanwhile, since it cannot be asked for a commit.
 * @throws {ConfigurationError | ExternalError}
 */
export async function readApiChange(github: GitHub, pull: PullRequest, signal: AbortSignal): Promise<ApiChange> {
  const comparison = await github.ask(
    {
      route: "GET /repos/{owner}/{repo}/compare/{basehead}",
      parameters: { basehead: `${pull.base}...${pull.head}`, per_page: PAGE },
    },
    Comparison,
    { what: `compare the base of pull request #${pull.number} with its head`, permission: "contents: read" },
    signal,
  );
  const isWhole = comparison.files.length < COMPARISON_FILES;
  const listed = isWhole ? [] : await listFiles(github, pull, signal);
  const byPath = new Map([...comparison.files, ...listed].map((file) => [file.filename, file]));
  const files = [...byPath.values()].flatMap((file) => toChangedFile(file) ?? []);
  return {
    mergeBase: comparison.merge_base_commit.sha,
    files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    unlistedFiles: Math.max(isWhole ? byPath.size : pull.changedFiles, byPath.size) - files.length,
    commitMessages: comparison.commits.map(({ commit }) => commit.message.split("\n", 1)[0] ?? ""),
  };
}

/** All pages; empty when the list is about another head than the pinned one. */
async function listFiles(github: GitHub, pull: PullRequest, signal: AbortSignal): Promise<readonly ApiFile[]> {
  const pages: ApiFile[][] = [];
  for (let page = 1; page <= LISTED_FILES / PAGE; page += 1) {
    // oxlint-disable-next-line no-await-in-loop -- a page is needed to know whether there is a next one
    const files = await github.ask(
      {
        route: "GET /repos/{owner}/{repo}/pulls/{pull_number}/files",
        parameters: { pull_number: pull.number, per_page: PAGE, page },
      },
      z.array(ApiFile),
      { what: `list the files of pull request #${pull.number}`, permission: "pull-requests: read" },
      signal,
    );
    if (files.some((file) => file.status !== "removed" && !file.contents_url.includes(pull.head))) return [];
    pages.push(files);
    if (files.length < PAGE) break;
  }
  return pages.flat();
}

const STATUSES: Readonly<Record<string, FileStatus>> = {
  added: "added",
  removed: "removed",
  renamed: "renamed",
  copied: "copied",
};

/** Undefined for a path that is not one we accept: it is counted as not listed. */
function toChangedFile(file: ApiFile): ChangedFile | undefined {
  const path = parseRepoPath(file.filename);
  if (path === undefined) return undefined;
  const previousPath = file.previous_filename === undefined ? undefined : parseRepoPath(file.previous_filename);
  const hunks = file.patch === undefined ? [] : parsePatch(file.patch);
  // Text that GitHub sends no patch for has counted lines (too large); a binary file has none and yet is not a plain rename.
  const isTooLarge = file.patch === undefined && file.changes > 0;
  const mayBeBinary = file.patch === undefined && file.changes === 0 && file.status !== "renamed";
  return {
    path,
    ...(previousPath === undefined ? {} : { previousPath }),
    status: STATUSES[file.status] ?? "modified",
    kind: "file",
    binary: mayBeBinary && file.sha !== EMPTY_BLOB,
    becameExecutable: false,
    ...(typeof file.sha === "string" && file.status !== "removed" ? { headBlob: file.sha } : {}),
    hunks,
    additions: file.additions,
    deletions: file.deletions,
    ...(isTooLarge ? { hunksOmitted: "too-large" as const } : {}),
  };
}

/** git's id of the empty file, which changes no line and yet is not binary. */
const EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
