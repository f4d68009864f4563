import type { Sha } from "../../domain/change-set.ts";
import type { FileContent, Snapshot, TreeEntry } from "../../ports/snapshot.ts";
import { readApiTree } from "./api-tree.ts";
import { createBlobCache } from "./blob-cache.ts";
import type { GitHub } from "./octokit.ts";

/** Larger files are not loaded. */
const MAX_BYTES = 1_000_000;

/**
 * The tree of a commit, read through the API: for where there is no git. The list is read at once, contents when asked for.
 * @throws {ConfigurationError | ExternalError}
 */
export async function openApiSnapshot(
  github: GitHub,
  commit: Sha,
  signal: AbortSignal,
  maxBytes: number = MAX_BYTES,
): Promise<Snapshot> {
  const { entries, truncated } = await readApiTree(github, commit, signal);
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const blobs = createBlobCache(github);

  const content = async (entry: TreeEntry, readSignal: AbortSignal): Promise<FileContent> => {
    if (entry.kind === "submodule") return { kind: "submodule" };
    const size = entry.size ?? 0;
    if (size > maxBytes) return { kind: "too-large", size };
    const bytes = await blobs.read({ oid: entry.blob, size }, readSignal);
    if (entry.kind === "file" && bytes.includes(0)) return { kind: "binary", size: bytes.length };
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return { kind: entry.kind === "symlink" ? "symlink" : "text", text };
  };

  return {
    sha: commit,
    truncated,
    async list(listSignal) {
      listSignal.throwIfAborted();
      return Promise.resolve(entries);
    },
    async read(path, readSignal) {
      readSignal.throwIfAborted();
      const entry = byPath.get(path);
      return entry === undefined ? { kind: "missing" } : content(entry, readSignal);
    },
    async bytes(path, readSignal) {
      readSignal.throwIfAborted();
      const entry = byPath.get(path);
      const size = entry?.size ?? 0;
      if (entry === undefined || entry.kind === "submodule" || size > maxBytes) return undefined;
      return blobs.read({ oid: entry.blob, size }, readSignal);
    },
    async filesContaining(_literal, findSignal) {
      findSignal.throwIfAborted();
      return Promise.resolve(undefined);
    },
  };
}
