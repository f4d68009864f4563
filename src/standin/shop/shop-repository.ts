import { spawn } from "node:child_process";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { devNull } from "node:os";
import { join, relative, sep } from "node:path";
import { text } from "node:stream/consumers";

import { baseCommits, type Commit, pullRequest, pullRequestCommits } from "./history.ts";

/** The example as a real git repository, with the pull request that is open on it. */
export interface ShopRepository {
  /** The work tree, with the default branch checked out; `.git` is inside. */
  readonly directory: string;
  readonly defaultBranch: string;
  /** Full SHA of the tip of the default branch, where the pull request branches off. */
  readonly base: string;
  /** Full SHA of the tip of the pull request's branch. */
  readonly head: string;
  readonly branch: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** A GitHub login. */
  readonly author: string;
}

export interface ShopOptions {
  readonly signal?: AbortSignal;
  /** Where `base/` and `pull-request/` lie; a bundle carries them elsewhere than beside this module. */
  readonly sources?: string;
  /** The PATH to find git on, which inherits nothing else; without it that of the operating system. */
  readonly searchPath?: string;
}

const DEFAULT_BRANCH = "main";

/**
 * Writes the example into `directory`, which is made when it is missing and must be empty when it is not.
 * Every run gives the same object ids, on every machine.
 *
 * @throws Error when the directory is not empty, when git cannot be run or fails, and the signal's reason when aborted.
 */
export async function createShopRepository(directory: string, options: ShopOptions = {}): Promise<ShopRepository> {
  const { sources = import.meta.dirname, signal } = options;
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) {
    throw new Error(`${directory} is not empty: the example needs a directory of its own`);
  }
  const [base, change] = await Promise.all([readTree(join(sources, "base")), readTree(join(sources, "pull-request"))]);
  const stream = [
    branchStream(DEFAULT_BRANCH, baseCommits, base),
    branchStream(pullRequest.branch, pullRequestCommits, change, DEFAULT_BRANCH),
    "done\n",
  ].join("");
  signal?.throwIfAborted();

  const git = (args: readonly string[], input = "") => runGit(directory, args, input, options);
  await git(["init", "--quiet", "--template=", "--object-format=sha1", `--initial-branch=${DEFAULT_BRANCH}`]);
  await git(["fast-import", "--quiet", "--done"], stream);
  await git(["reset", "--quiet", "--hard", DEFAULT_BRANCH]);
  const tips = await git(["rev-parse", `refs/heads/${DEFAULT_BRANCH}`, `refs/heads/${pullRequest.branch}`]);
  const [baseSha = "", headSha = ""] = tips.split("\n");
  return { directory, defaultBranch: DEFAULT_BRANCH, base: baseSha, head: headSha, ...pullRequest };
}

/** Path (forward slashes) to text. Line ends are those of the example, whatever git made of them in our own checkout. */
async function readTree(root: string): Promise<Map<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.map(async (path): Promise<[string, string]> => {
      const content = await readFile(path, "utf8");
      return [relative(root, path).replaceAll(sep, "/"), content.replaceAll("\r\n", "\n")];
    }),
  );
  return new Map(files.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** The commits of a branch as input for `git fast-import`: one process, and no file in between. */
function branchStream(
  branch: string,
  commits: readonly Commit[],
  files: ReadonlyMap<string, string>,
  from?: string,
): string {
  const unclaimed = new Set(files.keys());
  const stream = commits.map((commit, index) => {
    const paths = [...unclaimed].filter((path) => commit.paths.some((claim) => isClaimed(path, claim)));
    for (const path of paths) unclaimed.delete(path);
    const who = `${commit.author.name} <${commit.author.email}> ${Date.parse(commit.date) / 1000} +0000`;
    return [
      `commit refs/heads/${branch}\nauthor ${who}\ncommitter ${who}\n`,
      data(`${commit.message}\n`),
      index === 0 && from !== undefined ? `from refs/heads/${from}\n` : "",
      ...paths.map((path) => `M 100644 inline ${path}\n${data(files.get(path) ?? "")}`),
      "\n",
    ].join("");
  });
  if (unclaimed.size > 0) throw new Error(`no commit of ${branch} brings in ${[...unclaimed].join(", ")}`);
  return stream.join("");
}

function isClaimed(path: string, claim: string): boolean {
  return claim.endsWith("/") ? path.startsWith(claim) : path === claim;
}

function data(content: string): string {
  return `data ${Buffer.byteLength(content)}\n${content}\n`;
}

/** git that knows this directory only: no configuration, hook, attribute or variable of the machine reaches it. */
async function runGit(
  directory: string,
  args: readonly string[],
  input: string,
  { signal, searchPath }: ShopOptions,
): Promise<string> {
  const switches = ["core.hooksPath=" + devNull, "core.attributesFile=" + devNull, "core.fsmonitor=false"];
  switches.push("core.autocrlf=false", "gc.auto=0", "maintenance.auto=false");
  const child = spawn("git", [...switches.flatMap((value) => ["-c", value]), ...args], {
    cwd: directory,
    env: {
      ...(searchPath === undefined ? {} : { PATH: searchPath }),
      GIT_DIR: join(directory, ".git"),
      GIT_WORK_TREE: directory,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: devNull,
      GIT_TERMINAL_PROMPT: "0",
      LC_ALL: "C",
    },
    ...(signal === undefined ? {} : { signal }),
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // A git that ends before it has read everything breaks the pipe; its exit code and message say why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`git ${args[0] ?? ""} ended with ${code ?? "a signal"}: ${errors.trim()}`);
  return output.trim();
}
