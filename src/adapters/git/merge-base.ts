import type { Sha } from "../../domain/change-set.ts";
import { requireSha } from "./require-sha.ts";
import { runGit, type GitDirectory } from "./run-git.ts";

/** The best common ancestor, or undefined when the history at hand has none. */
export async function findMergeBase(
  directory: GitDirectory,
  base: Sha,
  head: Sha,
  signal: AbortSignal,
): Promise<Sha | undefined> {
  const args = ["merge-base", requireSha(base), requireSha(head)];
  const { code, output } = await runGit(directory, args, signal, { accept: [1] });
  return code === 0 ? output.toString("latin1").trim().split("\n")[0] : undefined;
}

/** Whether the history is cut off, so that an ancestor may exist that is not here. */
export async function isShallow(directory: GitDirectory, signal: AbortSignal): Promise<boolean> {
  const { output } = await runGit(directory, ["rev-parse", "--is-shallow-repository"], signal);
  return output.toString("latin1").trim() === "true";
}
