import { createHash } from "node:crypto";

import type { FileContent, Snapshot, TreeEntry } from "../../src/ports/snapshot.ts";

/** What may stand at a path: text, bytes (text when they are UTF-8 without NUL), an executable, a link or a submodule. */
export type MemoryFile =
  | string
  | Uint8Array
  | { readonly text: string; readonly executable: true }
  | { readonly symlink: string }
  | { readonly submodule: string };

export type MemorySnapshotOptions = {
  readonly sha?: string;
  readonly truncated?: boolean;
  /** Files above this many bytes are `too-large`; 5 MB unless told. */
  readonly maxBytes?: number;
  /** False for a source that cannot search faster than by reading. */
  readonly searchable?: boolean;
};

type Stored = { readonly entry: TreeEntry; readonly bytes: Buffer };

function store(path: string, file: MemoryFile): Stored {
  if (typeof file === "object" && "submodule" in file) {
    return {
      entry: { path, kind: "submodule", executable: false, blob: file.submodule },
      bytes: Buffer.alloc(0),
    };
  }
  const isPlain = typeof file === "string" || file instanceof Uint8Array;
  const bytes = Buffer.from(isPlain ? file : "symlink" in file ? file.symlink : file.text);
  const blob = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  const kind = !isPlain && "symlink" in file ? "symlink" : "file";
  const executable = !isPlain && "executable" in file;
  return { entry: { path, kind, executable, blob, size: bytes.length }, bytes };
}

/** A Snapshot over an object literal, with git's blob ids. The contract suite runs against it too, so it behaves as the real one. */
export function memorySnapshot(
  files: Readonly<Record<string, MemoryFile>>,
  options: MemorySnapshotOptions = {},
): Snapshot {
  const { sha = "0123456789abcdef0123456789abcdef01234567", maxBytes = 5_000_000 } = options;
  const stored = new Map(Object.entries(files).map(([path, file]) => [path, store(path, file)]));
  const entries = [...stored.values()]
    .map(({ entry }) => entry)
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

  function content(path: string): FileContent {
    const found = stored.get(path);
    if (found === undefined) return { kind: "missing" };
    const { entry, bytes } = found;
    if (entry.kind === "submodule") return { kind: "submodule" };
    if (bytes.length > maxBytes) return { kind: "too-large", size: bytes.length };
    if (entry.kind === "symlink") return { kind: "symlink", text: bytes.toString("utf8") };
    return bytes.includes(0) ? { kind: "binary", size: bytes.length } : { kind: "text", text: bytes.toString("utf8") };
  }

  return {
    sha,
    truncated: options.truncated ?? false,
    list: async (signal) => {
      signal.throwIfAborted();
      return entries;
    },
    read: async (path, signal) => {
      signal.throwIfAborted();
      return content(path);
    },
    bytes: async (path, signal) => {
      signal.throwIfAborted();
      const { kind } = content(path);
      const isShown = kind === "text" || kind === "binary" || kind === "symlink";
      return isShown ? stored.get(path)?.bytes : undefined;
    },
    filesContaining: async (literal, signal) => {
      signal.throwIfAborted();
      if (options.searchable === false) return undefined;
      return entries.flatMap(({ path, kind }) => {
        const found = kind === "file" ? content(path) : undefined;
        return found?.kind === "text" && found.text.includes(literal) ? [path] : [];
      });
    },
  };
}
