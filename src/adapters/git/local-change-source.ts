import type { ChangeSet, Sha } from "../../domain/change-set.ts";
import { ConfigurationError } from "../../domain/errors.ts";
import type { ChangeSource, LoadedChange } from "../../ports/change-source.ts";
import { diffRange } from "./diff-range.ts";
import { findGitDir } from "./find-git-dir.ts";
import { openRepository, type GitRepository } from "./git-repository.ts";
import { gitSnapshot } from "./git-snapshot.ts";
import { findMergeBase, isShallow } from "./merge-base.ts";
import { readAttributes } from "./read-attributes.ts";
import { readCommits } from "./read-commits.ts";
import { repositoryName } from "./repository-name.ts";
import { defaultBase, resolveCommit } from "./resolve-commit.ts";
import { runGit, type GitDirectory, type GitProgram } from "./run-git.ts";

export type LocalRange = {
  /** A folder of a working tree, or a bare repository. */
  readonly directory: string;
  /** The branch to compare with; the upstream's default branch unless told. */
  readonly base?: string | undefined;
  /** What to review; HEAD unless told. */
  readonly head?: string | undefined;
};

/**
 * What a git range of a repository on this machine changes, since its merge base. Reads the object database only: no work tree, no
 * index, no network. Dispose it when the snapshots are no longer needed.
 */
export function localChangeSource(program: GitProgram, range: LocalRange): ChangeSource & AsyncDisposable {
  let repository: GitRepository | undefined;

  async function load(signal: AbortSignal): Promise<LoadedChange> {
    repository ??= openRepository(await findGitDir(program, range.directory, signal));
    const head = await resolveCommit(repository, range.head ?? "HEAD", signal);
    const target =
      range.base === undefined
        ? await defaultBase(repository, signal)
        : { ref: range.base, sha: await resolveCommit(repository, range.base, signal) };
    const base = await mergeBase(repository, target, { ref: range.head ?? "HEAD", sha: head }, signal);
    const files = await diffRange(repository, base, head, signal);
    const attributes = await readAttributes(
      gitSnapshot(repository, base),
      files.map(({ path }) => path),
      signal,
    );
    const changeSet: ChangeSet = {
      repository: await repositoryName(repository, signal),
      base,
      head,
      ...(await describe(repository, base, head, range.head ?? "HEAD", signal)),
      files,
      unlistedFiles: 0,
      attributes,
    };
    const guidance = gitSnapshot(repository, target.sha);
    const notes = range.head === undefined ? ["Commits are reviewed; uncommitted work is not part of the review."] : [];
    return { changeSet, head: gitSnapshot(repository, head), guidance, notes };
  }

  return { load, [Symbol.asyncDispose]: async () => repository?.[Symbol.asyncDispose]() };
}

type Named = { readonly ref: string; readonly sha: Sha };

async function mergeBase(directory: GitDirectory, base: Named, head: Named, signal: AbortSignal): Promise<Sha> {
  const found = await findMergeBase(directory, base.sha, head.sha, signal);
  if (found !== undefined) return found;
  throw new ConfigurationError(
    (await isShallow(directory, signal))
      ? `This clone is shallow and does not hold the commit where ${head.ref} left ${base.ref}. Run \`git fetch --unshallow\` first (actions/checkout: fetch-depth: 0)`
      : `${base.ref} and ${head.ref} have no commit in common; name another branch by --base`,
  );
}

async function describe(
  directory: GitDirectory,
  base: Sha,
  head: Sha,
  ref: string,
  signal: AbortSignal,
): Promise<Pick<ChangeSet, "title" | "body" | "commitMessages">> {
  const commits = await readCommits(directory, base, head, signal);
  const [only] = commits;
  const commitMessages = commits.map(({ subject }) => subject);
  if (only !== undefined && commits.length === 1) return { title: only.subject, body: only.body, commitMessages };
  const { output } = await runGit(directory, ["rev-parse", "--abbrev-ref", "--end-of-options", ref], signal, {
    accept: [128],
  });
  const name = output.toString("utf8").trim().split("\n").at(-1) ?? "";
  const title =
    name === "" || name === "HEAD" || name === "--end-of-options" ? `Changes up to ${head.slice(0, 12)}` : name;
  return { title, body: "", commitMessages };
}
