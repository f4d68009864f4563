import { openObjectStore, type ObjectStore } from "./object-store.ts";
import type { GitDirectory } from "./run-git.ts";

/** Files above this many bytes are not loaded: nobody reviews them as text, and a subagent's context could not hold them. */
export const MAX_FILE_BYTES = 5_000_000;

/** An object database that is open for reading. Dispose it when its snapshots are no longer needed. */
export interface GitRepository extends GitDirectory, AsyncDisposable {
  readonly objects: ObjectStore;
  readonly maxFileBytes: number;
}

export function openRepository(directory: GitDirectory, maxFileBytes: number = MAX_FILE_BYTES): GitRepository {
  const objects = openObjectStore(directory, maxFileBytes);
  return { ...directory, objects, maxFileBytes, [Symbol.asyncDispose]: () => objects[Symbol.asyncDispose]() };
}
