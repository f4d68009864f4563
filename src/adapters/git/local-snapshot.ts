import type { Snapshot } from "../../ports/snapshot.ts";
import { findGitDir } from "./find-git-dir.ts";
import { openRepository } from "./git-repository.ts";
import { gitSnapshot } from "./git-snapshot.ts";
import { resolveCommit } from "./resolve-commit.ts";
import type { GitProgram } from "./run-git.ts";

/**
 * The tree of one commit of a repository on this machine. Dispose it when the snapshot is no longer needed.
 * @throws {ConfigurationError} not a repository, or no such commit.
 */
export async function openLocalSnapshot(
  program: GitProgram,
  at: { readonly directory: string; readonly ref: string },
  signal: AbortSignal,
): Promise<AsyncDisposable & { readonly snapshot: Snapshot }> {
  const repository = openRepository(await findGitDir(program, at.directory, signal));
  try {
    const snapshot = gitSnapshot(repository, await resolveCommit(repository, at.ref, signal));
    return { snapshot, [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() };
  } catch (error) {
    await repository[Symbol.asyncDispose]();
    throw error;
  }
}
