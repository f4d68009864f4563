import type { Sha } from "../../domain/change-set.ts";
import { pathFromGit } from "../../domain/git-path.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { FileContent, Snapshot, TreeEntry } from "../../ports/snapshot.ts";
import { abortable } from "./abortable.ts";
import type { GitRepository } from "./git-repository.ts";
import { requireSha } from "./require-sha.ts";
import { runGit } from "./run-git.ts";

/** A search that takes longer says nothing; the caller then reads files, within its own budget. */
const SEARCH_MS = 20_000;
/** Keeps the command line short; longer literals are searched by their beginning. */
const MAX_LITERAL = 1_000;
const NUL = 0;

type Loaded = { readonly bytes: Buffer } | Extract<FileContent, { readonly kind: "submodule" | "too-large" }>;

function isReadable(size: number | undefined, maxBytes: number): boolean {
  return size === undefined || size <= maxBytes;
}

function* nulTerminated(output: Buffer): Generator<Buffer> {
  let from = 0;
  for (let end = output.indexOf(NUL); end !== -1; end = output.indexOf(NUL, from)) {
    yield output.subarray(from, end);
    from = end + 1;
  }
}

/** `<mode> <type> <id> <size>TAB<path>`, size `-` for submodules and `BAD` for blobs that a filtered fetch left out. */
function treeEntry(record: Buffer): TreeEntry {
  const tab = record.indexOf("\t");
  const [mode = "", , blob = "", size = ""] = record.toString("latin1", 0, tab).split(/ +/);
  return {
    path: pathFromGit(record.subarray(tab + 1)),
    kind: mode === "120000" ? "symlink" : mode === "160000" ? "submodule" : "file",
    executable: mode === "100755",
    blob,
    ...(/^\d+$/.test(size) ? { size: Number(size) } : {}),
  };
}

function comparePaths(a: TreeEntry, b: TreeEntry): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** The tree of one commit, straight from the object database: no checkout, no filter, no link followed, no submodule entered. */
export function gitSnapshot(repository: GitRepository, sha: Sha): Snapshot {
  requireSha(sha);
  let listing: Promise<ReadonlyMap<RepoPath, TreeEntry>> | undefined;

  async function load(): Promise<ReadonlyMap<RepoPath, TreeEntry>> {
    const args = ["ls-tree", "-r", "-z", "--long", "--full-tree", sha];
    // Shared by all callers, so none of their signals may end it.
    const { output } = await runGit(repository, args, new AbortController().signal);
    const entries = Array.from(nulTerminated(output), treeEntry).toSorted(comparePaths);
    return new Map(entries.map((entry) => [entry.path, entry]));
  }

  async function tree(signal: AbortSignal): Promise<ReadonlyMap<RepoPath, TreeEntry>> {
    listing ??= load().catch((error: unknown) => {
      listing = undefined;
      throw error;
    });
    return abortable(listing, signal);
  }

  async function contentOf(entry: TreeEntry, signal: AbortSignal): Promise<Loaded> {
    if (entry.kind === "submodule") return { kind: "submodule" };
    if (!isReadable(entry.size, repository.maxFileBytes)) return { kind: "too-large", size: entry.size ?? 0 };
    const object = await repository.objects.read(entry.blob, signal);
    // A filtered fetch leaves out exactly the blobs above the limit.
    if (object === undefined) return { kind: "too-large", size: repository.maxFileBytes };
    return "tooLarge" in object ? { kind: "too-large", size: object.tooLarge } : object;
  }

  async function content(entry: TreeEntry, signal: AbortSignal): Promise<FileContent> {
    const loaded = await contentOf(entry, signal);
    if ("kind" in loaded) return loaded;
    const { bytes } = loaded;
    if (entry.kind === "symlink") return { kind: "symlink", text: bytes.toString("utf8") };
    return bytes.includes(NUL)
      ? { kind: "binary", size: bytes.length }
      : { kind: "text", text: bytes.toString("utf8") };
  }

  let sorted: readonly TreeEntry[] | undefined;
  return {
    sha,
    truncated: false,
    async list(signal) {
      const entries = await tree(signal);
      sorted ??= [...entries.values()];
      return sorted;
    },
    async read(path, signal) {
      const entry = (await tree(signal)).get(path);
      return entry === undefined ? { kind: "missing" } : content(entry, signal);
    },
    async bytes(path, signal) {
      const entry = (await tree(signal)).get(path);
      const loaded = entry === undefined ? undefined : await contentOf(entry, signal);
      return loaded !== undefined && "bytes" in loaded ? loaded.bytes : undefined;
    },
    async filesContaining(literal, signal) {
      signal.throwIfAborted();
      const wanted = literal.slice(0, MAX_LITERAL);
      // git would take lines for alternatives, and no argument can hold a NUL.
      if (wanted === "" || /[\0\n]/.test(wanted) || !wanted.isWellFormed()) return undefined;
      const limited = AbortSignal.any([signal, AbortSignal.timeout(SEARCH_MS)]);
      const args = [
        "grep",
        "-l",
        "-z",
        "-I",
        "-F",
        "--full-name",
        "--no-color",
        "--threads=2",
        "-e",
        wanted,
        sha,
        "--",
      ];
      try {
        const { output } = await runGit(repository, args, limited, { accept: [1] });
        const prefix = sha.length + 1;
        return Array.from(nulTerminated(output), (name) => pathFromGit(name.subarray(prefix))).toSorted();
      } catch (error) {
        signal.throwIfAborted();
        if (limited.aborted) return undefined;
        throw error;
      }
    },
  };
}
