import type { Sha } from "../../domain/change-set.ts";
import { pathFromGit } from "../../domain/git-path.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Churn } from "../../domain/rotation.ts";
import type { History } from "../../ports/history.ts";
import { requireSha } from "./require-sha.ts";
import { findCommit } from "./resolve-commit.ts";
import { runGit, type GitDirectory } from "./run-git.ts";

/** Commits whose changes are counted at most; a busier history says the same with fewer. */
const MAX_COMMITS = 5_000;

const FIXED = ["--no-show-signature", "--no-notes", "--no-color", "--no-decorate", "--no-mailmap"];

/** `<added>TAB<removed>TAB<path>`, `-` twice for binaries. */
const NUMSTAT = /^\n?(\d+|-)\t(\d+|-)\t/;

/** One changed path of `git log --raw -z --no-renames`: modes and ids, then, after a NUL, the path. */
const RAW = /^\n?:\d+ \d+ [0-9a-f]+ [0-9a-f]+ [A-Z]$/;

/**
 * How often each path was changed, from commits and trees alone: for histories without files. Where the history at hand begins,
 * nothing counts as changed.
 */
export async function commitChurn(
  directory: GitDirectory,
  head: Sha,
  since: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<RepoPath, Churn>> {
  const what = ["--raw", "--no-abbrev", "-z", "--no-merges", "--no-renames", "--format=", `--max-count=${MAX_COMMITS}`];
  const args = ["log", ...what, ...FIXED, `--since=${since}T00:00:00Z`, "--end-of-options", requireSha(head), "--"];
  const { output } = await runGit(directory, args, signal, { config: { "log.showRoot": "false" } });
  const churn = new Map<RepoPath, Churn>();
  const fields = splitNul(output);
  for (let index = 0; index + 1 < fields.length; index += 1) {
    const [change, name] = [fields[index], fields[index + 1]];
    if (change === undefined || name === undefined || !RAW.test(change.toString("latin1"))) continue;
    const path = pathFromGit(name);
    churn.set(path, { commits: (churn.get(path)?.commits ?? 0) + 1, lines: 0 });
    index += 1;
  }
  return churn;
}

/** The history of one commit, from the object database. */
export function gitHistory(directory: GitDirectory, head: Sha): History {
  requireSha(head);
  return {
    async churn(since, signal) {
      const what = ["--numstat", "-z", "--no-merges", "--no-renames", "--format=", `--max-count=${MAX_COMMITS}`];
      const args = ["log", ...what, ...FIXED, `--since=${since}T00:00:00Z`, "--end-of-options", head, "--"];
      const { output } = await runGit(directory, args, signal);
      return countChurn(output);
    },
    async renamesSince(from, signal) {
      if (!/^[0-9a-f]{40,64}$/.test(from) || (await findCommit(directory, from, signal)) === undefined)
        return undefined;
      const args = ["diff-tree", "-r", "-z", "-M", "-l5000", "--diff-filter=R", "--name-status", from, head, "--"];
      const { output } = await runGit(directory, args, signal);
      const fields = splitNul(output);
      const renames = new Map<RepoPath, RepoPath>();
      for (let index = 0; index + 2 < fields.length; index += 3) {
        const [old, now] = [fields[index + 1], fields[index + 2]];
        if (old !== undefined && now !== undefined) renames.set(pathFromGit(old), pathFromGit(now));
      }
      return renames;
    },
  };
}

function countChurn(output: Buffer): ReadonlyMap<RepoPath, Churn> {
  const churn = new Map<RepoPath, Churn>();
  for (const record of splitNul(output)) {
    const match = NUMSTAT.exec(record.toString("latin1"));
    if (match === null) continue;
    const path = pathFromGit(record.subarray(match[0].length));
    const { commits, lines } = churn.get(path) ?? { commits: 0, lines: 0 };
    churn.set(path, { commits: commits + 1, lines: lines + count(match[1]) + count(match[2]) });
  }
  return churn;
}

function count(text: string | undefined): number {
  return text === undefined || text === "-" ? 0 : Number(text);
}

function splitNul(output: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let from = 0;
  for (let end = output.indexOf(0); end !== -1; end = output.indexOf(0, from)) {
    fields.push(output.subarray(from, end));
    from = end + 1;
  }
  return fields;
}
