import { fetchPullRequest } from "../adapters/git/bare-fetch.ts";
import { diffRange } from "../adapters/git/diff-range.ts";
import { readAttributes } from "../adapters/git/read-attributes.ts";
import { readCommits } from "../adapters/git/read-commits.ts";
import type { GitProgram } from "../adapters/git/run-git.ts";
import type { GitHub } from "../adapters/github/octokit.ts";
import { createPullRequestSource, type StoredChange } from "../adapters/github/pull-request-source.ts";
import type { PullRequest } from "../adapters/github/pull-request.ts";
import { ConfigurationError, errorMessage } from "../domain/errors.ts";
import type { ChangeSource } from "../ports/change-source.ts";
import type { Journal } from "../ports/journal.ts";

export type PullRequestSourceParts = {
  readonly read: GitHub;
  readonly pull: PullRequest;
  readonly cloneUrl: string;
  readonly token: string;
  readonly git: GitProgram;
  readonly temporaryFolder: string;
  readonly journal: Journal;
};

/** Reads a pull request from a bare fetch, which knows no limits of size; by GitHub's API where git cannot fetch it. */
export function composePullRequestSource(parts: PullRequestSourceParts): ChangeSource & AsyncDisposable {
  const fetched = new AsyncDisposableStack();
  const store = async (pull: PullRequest, signal: AbortSignal): Promise<StoredChange | undefined> => {
    try {
      return await storedChange(parts, pull, fetched, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ConfigurationError) throw error;
      const message = `git could not fetch the pull request, so it is read through the API, which has limits: ${errorMessage(error)}`;
      parts.journal.write({ kind: "degradation", message });
      return undefined;
    }
  };
  const source = createPullRequestSource({ github: parts.read, pull: parts.pull, store });
  return { load: (signal) => source.load(signal), [Symbol.asyncDispose]: () => fetched.disposeAsync() };
}

async function storedChange(
  parts: PullRequestSourceParts,
  pull: PullRequest,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<StoredChange> {
  const { repository, head, base, snapshots } = stack.use(
    await fetchPullRequest(
      parts.git,
      {
        cloneUrl: parts.cloneUrl,
        token: parts.token,
        pullRequest: pull.number,
        headSha: pull.head,
        baseRef: pull.baseBranch,
        guidanceRef: pull.defaultBranch,
        temporaryFolder: parts.temporaryFolder,
      },
      signal,
    ),
  );
  const [files, commits] = await Promise.all([
    diffRange(repository, base, head, signal),
    readCommits(repository, base, head, signal),
  ]);
  const paths = files.map((file) => file.path);
  return {
    base,
    files,
    commitMessages: commits.map(({ subject }) => subject),
    attributes: await readAttributes(snapshots.base, paths, signal),
    head: snapshots.head,
    guidance: snapshots.guidance,
  };
}
