import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Snapshot } from "../../ports/snapshot.ts";
import type { TreeFile } from "./tree-entries.ts";

/** Contents of files by their git ids, each read and written once. */
export class BlobFolder {
  readonly #directory: string;
  readonly #stored = new Map<string, Promise<string | undefined>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Where the file's content is; undefined when there is none to store (too large, gone). */
  store(base: Snapshot, file: TreeFile): Promise<string | undefined> {
    const key = file.executable ? `${file.blob}-x` : file.blob;
    const known = this.#stored.get(key);
    if (known !== undefined) return known;
    const storing = this.#load(base, file, join(this.#directory, key));
    this.#stored.set(key, storing);
    storing.catch(() => this.#stored.delete(key));
    return storing;
  }

  async #load(base: Snapshot, file: TreeFile, target: string): Promise<string | undefined> {
    // Shared by all checks, so none of their signals may end it.
    const content = file.text ?? (await base.bytes(file.path, new AbortController().signal));
    if (content === undefined) return undefined;
    await mkdir(this.#directory, { recursive: true, mode: 0o755 });
    // Readable by all: the check may run as another user, and the folder around it is closed to everybody else.
    await writeFile(target, content, { mode: file.executable ? 0o755 : 0o644 });
    return target;
  }
}
