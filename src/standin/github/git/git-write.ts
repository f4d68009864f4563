import type { GitRunner } from "./git-process.ts";
import { resolveCommit } from "./git-store.ts";

/** Content of a file to commit: text or bytes, with a mode where it is not a plain file; null deletes it. */
export type FileContent =
  | string
  | Uint8Array
  | { readonly mode: "100755" | "120000"; readonly content: string | Uint8Array }
  | null;

export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: Date;
}

export interface CommitRequest {
  /** Full ref name to move (or create). */
  readonly ref: string;
  /** Commit to build on; undefined makes a root commit. */
  readonly parent: string | undefined;
  readonly files: Readonly<Record<string, FileContent>>;
  readonly message: string;
  readonly author: Signature;
}

/** Commits any number of files in one process and moves the ref. Returns the commit. */
export async function commitFiles(git: GitRunner, directory: string, request: CommitRequest): Promise<string> {
  const { name, email, date } = request.author;
  const stamp = `${name} <${email}> ${String(Math.floor(date.getTime() / 1000))} +0000\n`;
  const parts: Uint8Array[] = [];
  const say = (text: string): void => void parts.push(Buffer.from(text));
  const data = (content: string | Uint8Array): void => {
    const bytes = Buffer.from(content);
    say(`data ${String(bytes.length)}\n`);
    parts.push(bytes);
    say("\n");
  };

  say(`commit ${request.ref}\nauthor ${stamp}committer ${stamp}`);
  data(request.message);
  if (request.parent !== undefined) say(`from ${request.parent}\n`);
  for (const [path, content] of Object.entries(request.files)) {
    const quoted = JSON.stringify(path);
    if (content === null) {
      say(`D ${quoted}\n`);
      continue;
    }
    const plain = typeof content === "string" || content instanceof Uint8Array;
    say(`M ${plain ? "100644" : content.mode} inline ${quoted}\n`);
    data(plain ? content : content.content);
  }
  say("done\n");

  await git.read(directory, ["fast-import", "--quiet", "--force", "--done"], Buffer.concat(parts));
  const sha = await resolveCommit(git, directory, request.ref);
  if (sha === undefined) throw new Error(`git fast-import made no commit on ${request.ref}`);
  return sha;
}

export async function writeBlob(git: GitRunner, directory: string, content: Uint8Array): Promise<string> {
  return git.text(directory, ["hash-object", "-w", "--stdin"], content);
}

export interface NewTreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  /** Null removes the path from the base tree. */
  readonly sha: string | null;
}

/** Writes a tree from a base tree and changed entries, whose paths may lie in folders. Returns its id. */
export async function writeTree(
  git: GitRunner,
  directory: string,
  baseTree: string | undefined,
  entries: readonly NewTreeEntry[],
): Promise<string> {
  const direct = entries.filter((entry) => !entry.path.includes("/"));
  const nested = Map.groupBy(
    entries.filter((entry) => entry.path.includes("/")),
    (entry) => entry.path.slice(0, entry.path.indexOf("/")),
  );
  const result = new Map<string, string>();
  if (baseTree !== undefined) {
    const listing = await git.read(directory, ["ls-tree", "-z", baseTree]);
    for (const record of listing.toString("utf8").split("\0")) {
      const [meta = "", path = ""] = record.split("\t");
      if (path !== "") result.set(path, meta);
    }
  }
  for (const entry of direct) {
    if (entry.sha === null) result.delete(entry.path);
    else result.set(entry.path, `${entry.mode} ${entry.type} ${entry.sha}`);
  }
  for (const [folder, inside] of nested) {
    const existing = /^040000 tree ([0-9a-f]+)$/.exec(result.get(folder) ?? "")?.[1];
    const shortened = inside.map((entry) => ({ ...entry, path: entry.path.slice(folder.length + 1) }));
    const sha = await writeTree(git, directory, existing, shortened);
    if (sha === EMPTY_TREE) result.delete(folder);
    else result.set(folder, `040000 tree ${sha}`);
  }
  const input = [...result].map(([path, meta]) => `${meta}\t${path}\0`).join("");
  return git.text(directory, ["mktree", "-z"], input);
}

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Writes a commit object; moves no ref. The ids are git's, so the same input gives the same id. */
export async function writeCommit(
  git: GitRunner,
  directory: string,
  commit: { tree: string; parents: readonly string[]; message: string; author: Signature; committer: Signature },
): Promise<string> {
  const stamp = ({ name, email, date }: Signature): string =>
    `${name} <${email}> ${String(Math.floor(date.getTime() / 1000))} +0000`;
  const text = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${stamp(commit.author)}`,
    `committer ${stamp(commit.committer)}`,
    "",
    commit.message,
  ].join("\n");
  return git.text(directory, ["hash-object", "-t", "commit", "-w", "--stdin"], text);
}

export async function updateRef(git: GitRunner, directory: string, ref: string, sha: string): Promise<void> {
  await git.read(directory, ["update-ref", ref, sha]);
}

export async function deleteRef(git: GitRunner, directory: string, ref: string): Promise<void> {
  await git.read(directory, ["update-ref", "-d", ref]);
}
