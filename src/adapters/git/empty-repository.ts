import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { GitDirectory, GitProgram } from "./run-git.ts";

const CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";
/** A repository has a HEAD; that it points nowhere is what a repository without commits is like. */
const HEAD = "ref: refs/heads/none\n";

/** An empty bare repository in a private folder, to fetch into. Dispose removes it. */
export type EmptyRepository = AsyncDisposable & {
  readonly directory: GitDirectory;
  /** A filtered fetch writes down where missing objects can be had; without that, git answers instead of asking. */
  forgetServer(): Promise<void>;
};

/** Writes the four things that make a folder a bare repository: what `git init` does, without waiting for a process. */
export async function emptyRepository(
  program: GitProgram,
  temporaryFolder: string | undefined,
): Promise<EmptyRepository> {
  const gitDir = await mkdtemp(join(temporaryFolder ?? tmpdir(), "parallel-review-"));
  const forgetServer = (): Promise<void> => writeFile(join(gitDir, "config"), CONFIG);
  const remove = (): Promise<void> => rm(gitDir, { recursive: true, force: true, maxRetries: 3 });
  try {
    await Promise.all([
      mkdir(join(gitDir, "objects")),
      mkdir(join(gitDir, "refs")),
      writeFile(join(gitDir, "HEAD"), HEAD),
      forgetServer(),
    ]);
  } catch (error) {
    await remove();
    throw error;
  }
  return { directory: { program, gitDir }, forgetServer, [Symbol.asyncDispose]: remove };
}
