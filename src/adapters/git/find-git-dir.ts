import { statSync } from "node:fs";
import { join, resolve } from "node:path";

import { ConfigurationError, ExternalError } from "../../domain/errors.ts";
import { runGit, type GitDirectory, type GitProgram } from "./run-git.ts";

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * The object database that a folder belongs to: a working tree, a folder in one, or a bare repository.
 * @throws {ConfigurationError} the folder does not exist or is in no repository.
 */
export async function findGitDir(program: GitProgram, directory: string, signal: AbortSignal): Promise<GitDirectory> {
  const folder = resolve(directory);
  if (!isDirectory(folder)) throw new ConfigurationError(`${directory} is not a folder; give --repo a git repository`);
  // git is told not to look for bare repositories by itself, where one may be planted; the folder that was named is meant.
  if (isDirectory(join(folder, "objects")) && isDirectory(join(folder, "refs"))) return { program, gitDir: folder };
  try {
    const { output } = await runGit({ program, gitDir: folder }, ["rev-parse", "--absolute-git-dir"], signal, {
      cwd: folder,
    });
    return { program, gitDir: output.toString("utf8").replace(/\n$/, "") };
  } catch (cause) {
    if (!(cause instanceof ExternalError) || !/not a git repository|bare repository/.test(cause.message)) throw cause;
    throw new ConfigurationError(`${directory} is not in a git repository; give --repo a git repository`);
  }
}
