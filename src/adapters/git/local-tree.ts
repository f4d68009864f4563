import { dirname } from "node:path";

import { ConfigurationError } from "../../domain/errors.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { findGitDir } from "./find-git-dir.ts";
import { openRepository } from "./git-repository.ts";
import { gitSnapshot } from "./git-snapshot.ts";
import { resolveCommit } from "./resolve-commit.ts";
import { runGit, type GitProgram } from "./run-git.ts";

/** One commit of a repository on this machine. Dispose it when its snapshot is no longer needed. */
export type LocalTree = AsyncDisposable & {
  readonly snapshot: Snapshot;
  /** The folder with the checked-out files; undefined for a bare repository or a linked work tree. */
  readonly workTree: string | undefined;
};

/** @throws {ConfigurationError} no repository, or no such commit. */
export async function openLocalTree(
  program: GitProgram,
  { directory, ref = "HEAD" }: { readonly directory: string; readonly ref?: string | undefined },
  signal: AbortSignal,
): Promise<LocalTree> {
  const repository = openRepository(await findGitDir(program, directory, signal));
  try {
    const sha = await resolveCommit(repository, ref, signal);
    const { gitDir } = repository;
    return {
      snapshot: gitSnapshot(repository, sha),
      workTree: /[/\\]\.git$/.test(gitDir) ? dirname(gitDir) : undefined,
      [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
    };
  } catch (error) {
    await repository[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Applies a patch to the files of a work tree: all of it or, where a file is not as the patch says, nothing.
 * @throws {ConfigurationError} git says where it does not fit.
 */
export async function applyPatch(
  program: GitProgram,
  workTree: string,
  patch: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await runGit({ program, gitDir: workTree }, ["apply", "--whitespace=nowarn", "-"], signal, {
      input: patch,
      cwd: workTree,
    });
  } catch (cause) {
    signal.throwIfAborted();
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(
      `The change does not fit the files of ${workTree} (${said}). Commit or stash what you have changed there, or take a patch with --patch.`,
      { cause },
    );
  }
}
