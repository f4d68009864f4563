import { basename, dirname } from "node:path";

import { runGit, type GitDirectory } from "./run-git.ts";

/** `owner/name` from the address of `origin`, else the name of the repository's folder. */
export async function repositoryName(directory: GitDirectory, signal: AbortSignal): Promise<string> {
  const { output } = await runGit(directory, ["config", "--get", "remote.origin.url"], signal, { accept: [1] });
  const address = output.toString("utf8").trim();
  const match = /^(?:[a-z+]+:\/\/|[^/\\]+@[^/:]+:).*?([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(address);
  if (match?.[1] !== undefined) return match[1];
  const name = basename(directory.gitDir);
  return name === ".git" ? basename(dirname(directory.gitDir)) : name.replace(/\.git$/, "");
}
