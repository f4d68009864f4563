import type { Sha } from "../../domain/change-set.ts";
import { ConfigurationError } from "../../domain/errors.ts";
import { runGit, type GitDirectory } from "./run-git.ts";

const MAX_SUGGESTIONS = 5;
/** Where the default branch may be, best first. */
const DEFAULT_BRANCHES = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];

/** The commit that a ref, tag or (short) id names now, or undefined when there is none. */
export async function findCommit(directory: GitDirectory, ref: string, signal: AbortSignal): Promise<Sha | undefined> {
  // git reads `a..b`, `^a` and line ends as more than one name.
  if (ref === "" || /[\0\n]|\.\.|^[-^]/.test(ref)) return undefined;
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const { code, output } = await runGit(directory, args, signal, { accept: [1, 128] });
  const sha = output.toString("latin1").trim();
  return code === 0 && /^[0-9a-f]{40,64}$/.test(sha) ? sha : undefined;
}

/** @throws {ConfigurationError} there is no such commit; the text names branches and tags with a similar name. */
export async function resolveCommit(directory: GitDirectory, ref: string, signal: AbortSignal): Promise<Sha> {
  const sha = await findCommit(directory, ref, signal);
  if (sha !== undefined) return sha;
  const names = await refNames(directory, signal);
  if (names.length === 0 && ref === "HEAD") {
    throw new ConfigurationError("The repository has no commits yet; commit something to review it");
  }
  const similar = closest(ref, names);
  const hint = similar.length === 0 ? "the repository has no branches or tags" : `did you mean ${similar.join(", ")}?`;
  const fetch = /^[0-9a-f]{7,64}$/.test(ref) ? " If it is a commit of the remote, fetch it first." : "";
  throw new ConfigurationError(`There is no commit ${JSON.stringify(ref)} in the repository: ${hint}${fetch}`);
}

/**
 * The tip of the branch that changes are compared with when none is named, with its name.
 * @throws {ConfigurationError} when no default branch can be told.
 */
export async function defaultBase(
  directory: GitDirectory,
  signal: AbortSignal,
): Promise<{ readonly ref: string; readonly sha: Sha }> {
  for (const ref of DEFAULT_BRANCHES) {
    const sha = await findCommit(directory, ref, signal);
    if (sha !== undefined) return { ref, sha };
  }
  throw new ConfigurationError(
    `No default branch found (looked for ${DEFAULT_BRANCHES.join(", ")}); name the branch to compare with by --base`,
  );
}

async function refNames(directory: GitDirectory, signal: AbortSignal): Promise<string[]> {
  const args = ["for-each-ref", "--count=5000", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"];
  const { output } = await runGit(directory, args, signal);
  return output.toString("utf8").split("\n").filter(Boolean);
}

function closest(wanted: string, names: readonly string[]): string[] {
  const distance = (name: string): number => {
    const last = name.slice(name.lastIndexOf("/") + 1);
    const contains = name.includes(wanted) || wanted.includes(last);
    return Math.min(editDistance(wanted, name), editDistance(wanted, last)) - (contains ? wanted.length : 0);
  };
  const ranked = names.map((name) => ({ name, distance: distance(name) })).toSorted((a, b) => a.distance - b.distance);
  return ranked.slice(0, MAX_SUGGESTIONS).map(({ name }) => name);
}

function editDistance(a: string, b: string): number {
  const [from, to] = [a.slice(0, 100), b.slice(0, 100)];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
