import { isUtf8 } from "node:buffer";
import { chmod, constants, open, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { RepoPath } from "../../domain/repo-path.ts";

/** More than any file of a change may have. */
const MAX_BYTES = 2_000_000;

/** Lets a command that runs as somebody else write these files, and put new ones in their place. The folder around the tree is closed to others. */
export async function openToAll(directory: string, paths: readonly RepoPath[]): Promise<void> {
  for (const path of paths) await chmod(join(directory, path), 0o666);
  for (const folder of new Set(paths.map((path) => dirname(path)))) await chmod(join(directory, folder), 0o777);
}

/**
 * The text of a file that a command may have written; undefined when there is none any more. Nothing that it may have put in the way is
 * followed: no link, no folder that is a link, no pipe. The command must have ended.
 */
export async function readBack(directory: string, path: RepoPath): Promise<string | undefined> {
  try {
    const folder = join(await realpath(directory), dirname(path));
    if ((await realpath(folder)) !== folder) return undefined;
    await using file = await open(
      join(directory, path),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    const status = await file.stat();
    if (!status.isFile() || status.nlink > 1 || status.size > MAX_BYTES) return undefined;
    const bytes = await file.readFile();
    return isUtf8(bytes) ? bytes.toString("utf8") : undefined;
  } catch {
    return undefined;
  }
}
