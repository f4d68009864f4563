import type { Sha } from "../../domain/change-set.ts";
import { ConfigurationError, ExternalError } from "../../domain/errors.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Churn } from "../../domain/rotation.ts";
import type { LoadedTree, TreeSource } from "../../ports/tree-source.ts";
import { emptyRepository } from "./empty-repository.ts";
import { commitChurn, gitHistory } from "./git-history.ts";
import { MAX_FILE_BYTES, openRepository, type GitRepository } from "./git-repository.ts";
import { gitSnapshot } from "./git-snapshot.ts";
import { readAttributes } from "./read-attributes.ts";
import { fetchFrom, type Remote } from "./remote.ts";
import { requireSha } from "./require-sha.ts";
import type { GitProgram } from "./run-git.ts";

/** What an audit fetches. */
export type TreeFetch = Remote & {
  /** `owner/name`, as it stands in the report. */
  readonly repository: string;
  readonly head: Sha;
  /** The commit of the audit before, by which renamed files are known again; it may be gone from the server. */
  readonly previous: Sha | undefined;
  readonly temporaryFolder?: string;
};

/**
 * One commit of a repository on a server, fetched into a private bare repository that is removed on dispose: its tree and its
 * files, without the history before it. Files above the limit of a snapshot are left out. Who asks for the churn makes it fetch that
 * history too, by itself and without its files: commits and trees of half a year are about a megabyte.
 */
export function fetchedTreeSource(program: GitProgram, request: TreeFetch): TreeSource & AsyncDisposable {
  requireSha(request.head);
  const fetched = new AsyncDisposableStack();

  /** Nothing for a server that does not give it: a rotation without churn is a rotation all the same. */
  async function churnSince(since: string, signal: AbortSignal): Promise<ReadonlyMap<RepoPath, Churn>> {
    const { directory } = fetched.use(await emptyRepository(program, request.temporaryFolder));
    const options = [`--shallow-since=${since}T00:00:00Z`, "--filter=blob:none"];
    try {
      await fetchFrom(directory, request, options, [`+${request.head}:refs/audit/head`], signal);
      return await commitChurn(directory, request.head, since, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ExternalError || error instanceof ConfigurationError) return new Map();
      throw error;
    }
  }

  async function fetchInto(signal: AbortSignal): Promise<GitRepository> {
    const { directory } = fetched.use(await emptyRepository(program, request.temporaryFolder));
    const shallow = ["--depth=1", `--filter=blob:limit=${MAX_FILE_BYTES}`];
    await fetchFrom(directory, request, shallow, [`+${request.head}:refs/audit/head`], signal);
    if (request.previous !== undefined && request.previous !== request.head) {
      const wants = [`+${requireSha(request.previous)}:refs/audit/previous`];
      // A commit that a force push took away costs the knowledge of renames, not the audit.
      await fetchFrom(directory, request, shallow, wants, signal).catch(() => signal.throwIfAborted());
    }
    return fetched.use(openRepository(directory));
  }

  async function open(signal: AbortSignal): Promise<LoadedTree> {
    const repository = await fetchInto(signal);
    const head = gitSnapshot(repository, request.head);
    return {
      repository: request.repository,
      head,
      history: { ...gitHistory(repository, request.head), churn: churnSince },
      attributes: (paths, readSignal) => readAttributes(head, paths, readSignal),
    };
  }

  let loaded: Promise<LoadedTree> | undefined;
  return {
    load: (signal) => (loaded ??= open(signal)),
    [Symbol.asyncDispose]: () => fetched.disposeAsync(),
  };
}
