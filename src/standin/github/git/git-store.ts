import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { StandinCommit } from "../model.ts";
import type { GitRunner } from "./git-process.ts";

export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  /** In bytes; undefined for anything but a blob. */
  readonly size: number | undefined;
  readonly path: string;
}

/** What a clone over HTTP may ask for, as GitHub allows it. */
const CONFIGURATION = `[uploadpack]
	allowFilter = true
	allowReachableSHA1InWant = true
	allowAnySHA1InWant = true
[http]
	receivepack = false
	uploadpack = true
`;

export async function createBareRepository(git: GitRunner, directory: string, branch: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  await git.read(dirname(directory), ["init", "-q", "--bare", "--template=", "-b", branch, directory]);
  await appendFile(`${directory}/config`, CONFIGURATION);
}

/** Copies commits (and what they reach) out of another repository; `refs` maps a full ref name here to a revision there. */
export async function importRefs(
  git: GitRunner,
  directory: string,
  source: string,
  refs: Readonly<Record<string, string>>,
): Promise<void> {
  const wanted = await Promise.all(
    Object.entries(refs).map(async ([ref, revision]) => {
      const sha = await resolveCommit(git, source, revision);
      if (sha === undefined) throw new Error(`${revision} names no commit in ${source}`);
      return `+${sha}:${ref}`;
    }),
  );
  const uploadPack = "git -c uploadpack.allowAnySHA1InWant=true upload-pack";
  await git.read(directory, ["fetch", "-q", "--no-tags", `--upload-pack=${uploadPack}`, source, ...wanted]);
}

/** The commit a revision names, or undefined. */
export async function resolveCommit(git: GitRunner, directory: string, revision: string): Promise<string | undefined> {
  return resolveObject(git, directory, `${revision}^{commit}`);
}

/** The object a revision names (peeled only as far as it says), or undefined. */
export async function resolveObject(git: GitRunner, directory: string, revision: string): Promise<string | undefined> {
  const [, name = revision, peel = ""] = /^([^^]*)(\^\{\w+\})$/.exec(revision) ?? [];
  const id = ID.test(name) ? name : await looseRef(directory, name);
  const ask = ["rev-parse", "--verify", "-q", "--end-of-options"];
  const result =
    id === undefined
      ? await git.run(directory, [...ask, revision])
      : await git.lookUp(directory, [...ask, `${id}${peel}`]);
  return result.code === 0 ? result.stdout.toString("utf8").trim() : undefined;
}

const ID = /^[0-9a-f]{40}$/;

/** Where a ref stands that has a file of its own, as refs have that were written since the last packing; spares a process. */
async function looseRef(directory: string, ref: string): Promise<string | undefined> {
  if (!/^refs\/[\w/-]+$/.test(ref)) return undefined;
  const text = await readFile(join(directory, ref), "utf8").catch(() => "");
  return ID.test(text.trim()) ? text.trim() : undefined;
}

export async function objectType(git: GitRunner, directory: string, sha: string): Promise<string | undefined> {
  const ask = ["cat-file", "-t", sha];
  const result = ID.test(sha) ? await git.lookUp(directory, ask) : await git.run(directory, ask);
  return result.code === 0 ? result.stdout.toString("utf8").trim() : undefined;
}

export async function readBlob(git: GitRunner, directory: string, sha: string): Promise<Buffer> {
  return git.read(directory, ["cat-file", "blob", sha]);
}

export async function mergeBase(
  git: GitRunner,
  directory: string,
  left: string,
  right: string,
): Promise<string | undefined> {
  const result = await git.run(directory, ["merge-base", left, right]);
  return result.code === 0 ? result.stdout.toString("utf8").trim() : undefined;
}

export async function countCommits(git: GitRunner, directory: string, range: string): Promise<number> {
  return Number(await git.text(directory, ["rev-list", "--count", range]));
}

/** Entries of a tree, in git's order. Recursive listings hold the trees too, as GitHub's do. */
export async function listTree(
  git: GitRunner,
  directory: string,
  tree: string,
  recursive: boolean,
): Promise<TreeEntry[]> {
  const flags = recursive ? ["-r", "-t"] : [];
  const ask = ["ls-tree", "-z", "-l", ...flags, tree];
  const out = await read(git, directory, ask, ID.test(tree));
  return out
    .toString("utf8")
    .split("\0")
    .flatMap((record) => {
      const [, mode = "", type = "", sha = "", size = "-", path = ""] =
        /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(record) ?? [];
      return path === "" ? [] : [{ mode, type, sha, size: size === "-" ? undefined : Number(size), path }];
    });
}

/** What is reachable from a commit never changes, no more than the commit. */
const RANGE_OF_IDS = /^[0-9a-f]{40}(?:\.\.[0-9a-f]{40})?$/;

/** @throws Error with git's own words if the command does not succeed. */
async function read(git: GitRunner, directory: string, args: readonly string[], isConstant: boolean): Promise<Buffer> {
  const before = isConstant ? await git.lookUp(directory, args) : undefined;
  return before?.code === 0 ? before.stdout : git.read(directory, args);
}

const COMMIT_FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x00%x01";

/** Commits of a revision range. @param flags such as `--reverse` or `-n 1`. */
export async function listCommits(
  git: GitRunner,
  directory: string,
  range: string,
  flags: readonly string[],
): Promise<StandinCommit[]> {
  const ask = ["log", `--format=tformat:${COMMIT_FORMAT}`, ...flags, range, "--"];
  const out = await read(git, directory, ask, RANGE_OF_IDS.test(range));
  return out
    .toString("utf8")
    .split("\0\u0001")
    .map((record) => record.replace(/^\n/, ""))
    .filter((record) => record !== "")
    .map(parseCommit);
}

function parseCommit(record: string): StandinCommit {
  const [sha = "", tree = "", parents = "", an = "", ae = "", ad = "", cn = "", ce = "", cd = "", message = ""] =
    record.split("\0");
  return {
    sha,
    tree,
    parents: parents === "" ? [] : parents.split(" "),
    message: message.replace(/\n+$/, ""),
    author: { name: an, email: ae, date: inUtc(ad) },
    committer: { name: cn, email: ce, date: inUtc(cd) },
  };
}

function inUtc(date: string): string {
  return `${new Date(date).toISOString().slice(0, 19)}Z`;
}
