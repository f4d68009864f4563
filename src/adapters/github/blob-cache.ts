import { readBlobs } from "./blob-batch.ts";
import type { BlobRef } from "./blob-batch.ts";
import type { GitHub } from "./octokit.ts";

type Waiting = { readonly blob: BlobRef; readonly settle: PromiseWithResolvers<Uint8Array> };

/** Bytes kept for files that several subtasks read; beyond it the oldest are read again when asked for. */
const KEPT_BYTES = 64_000_000;

/** Reads blobs, each once, and those that are asked for in one turn of the event loop together. */
export type BlobCache = { read(blob: BlobRef, signal: AbortSignal): Promise<Uint8Array> };

export function createBlobCache(github: GitHub): BlobCache {
  const kept = new Map<string, Promise<Uint8Array>>();
  let keptBytes = 0;
  let queue: Waiting[] = [];

  const flush = async (): Promise<void> => {
    const batch = queue;
    queue = [];
    try {
      // A batch serves several readers, so no single reader's signal ends it; each exchange has its own time limit.
      const found = await readBlobs(
        github,
        batch.map(({ blob }) => blob),
        new AbortController().signal,
      );
      for (const { blob, settle } of batch) settle.resolve(found.get(blob.oid) ?? new Uint8Array());
    } catch (error) {
      for (const { blob, settle } of batch) {
        kept.delete(blob.oid);
        settle.reject(error);
      }
    }
  };

  const load = (blob: BlobRef): Promise<Uint8Array> => {
    const settle = Promise.withResolvers<Uint8Array>();
    kept.set(blob.oid, settle.promise);
    keptBytes += blob.size;
    for (const oldest of kept.keys()) {
      if (keptBytes <= KEPT_BYTES || oldest === blob.oid) break;
      kept.delete(oldest);
      keptBytes -= blob.size;
    }
    if (queue.push({ blob, settle }) === 1) setImmediate(() => void flush());
    return settle.promise;
  };

  return {
    async read(blob, signal) {
      signal.throwIfAborted();
      return untilAborted(kept.get(blob.oid) ?? load(blob), signal);
    },
  };
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
