import type { TreeSource } from "../../ports/tree-source.ts";
import { findGitDir } from "./find-git-dir.ts";
import { gitHistory } from "./git-history.ts";
import { openRepository, type GitRepository } from "./git-repository.ts";
import { gitSnapshot } from "./git-snapshot.ts";
import { isShallow } from "./merge-base.ts";
import { readAttributes } from "./read-attributes.ts";
import { repositoryName } from "./repository-name.ts";
import { resolveCommit } from "./resolve-commit.ts";
import type { GitProgram } from "./run-git.ts";

/**
 * One commit (HEAD unless told) of a repository on this machine, from its object database: no work tree, no index, no network.
 * Dispose it when the snapshot is no longer needed.
 */
export function localTreeSource(
  program: GitProgram,
  place: { readonly directory: string; readonly head?: string | undefined },
): TreeSource & AsyncDisposable {
  let repository: GitRepository | undefined;
  return {
    async load(signal) {
      repository ??= openRepository(await findGitDir(program, place.directory, signal));
      const opened = repository;
      const sha = await resolveCommit(opened, place.head ?? "HEAD", signal);
      const head = gitSnapshot(opened, sha);
      const shallow = await isShallow(opened, signal);
      return {
        repository: await repositoryName(opened, signal),
        head,
        history: gitHistory(opened, sha),
        attributes: (paths, readSignal) => readAttributes(head, paths, readSignal),
        notes: [
          ...(place.head === undefined ? ["Commits are audited; uncommitted work is not part of it."] : []),
          ...(shallow ? ["This clone is shallow: how often files change is only known for the commits it holds."] : []),
        ],
      };
    },
    [Symbol.asyncDispose]: async () => repository?.[Symbol.asyncDispose](),
  };
}
