import { availableParallelism } from "node:os";

import type { Claim } from "../../domain/finding.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Detection, Detector } from "../../ports/detector.ts";
import type { RuleAssets } from "./assets.ts";
import { languageOf } from "./languages.ts";
import type { RuleSet } from "./rule.ts";
import { scanWithoutEngine } from "./scan-file.ts";
import { minifiedReason, tooLargeReason } from "./unfit.ts";
import { workerPool, type WorkerPool } from "./worker-pool.ts";

/** A detector whose engine can be started before there is a file: so many of its workers. */
export type EagerDetector = Detector & AsyncDisposable & { warm(workers: number): void };

/**
 * Files that take no engine are looked at here and now, which is faster than to hand them over: each up to this length, and all together
 * up to the second one, for nothing else happens meanwhile.
 */
const MAX_IN_PLACE = 20_000;
const MAX_ALL_IN_PLACE = 1_000_000;

type File = { readonly path: RepoPath; readonly text: string };

/**
 * The rules engine: ast-grep rules and text rules, on worker threads that are started when there is work and live until the
 * detector is disposed. A file that takes too long or brings a worker down costs its own claims only. When no worker can start,
 * every file has that as its error. `detect` rejects with the signal's reason on abort.
 */
export function rulesDetector(options: {
  readonly rules: RuleSet;
  readonly assets: RuleAssets;
  /** The most workers at once; as many as the machine has cores unless given. */
  readonly workers?: number;
  readonly fileLimitMs?: number;
  /** In UTF-16 code units. */
  readonly maxFileLength?: number;
  /** The worker's file; a bundle passes its own. */
  readonly workerUrl?: URL;
}): EagerDetector {
  const { rules, assets, maxFileLength = 2_000_000 } = options;
  const pool = workerPool({
    url: options.workerUrl ?? new URL("worker.ts", import.meta.url),
    data: { assets, rules },
    workers: options.workers ?? availableParallelism(),
    limitMs: options.fileLimitMs ?? 10_000,
  });
  let inPlace = 0;
  const scanInPlace = ({ path, text }: File): readonly Claim[] | undefined => {
    if (text.length > MAX_IN_PLACE || inPlace + text.length > MAX_ALL_IN_PLACE) return undefined;
    inPlace += text.length;
    return scanWithoutEngine(rules, path, text);
  };
  return {
    detect: (files, signal) =>
      Promise.all(longestFirst(files, (file) => detectIn({ pool, scanInPlace }, file, maxFileLength, signal))),
    warm: (workers) => pool.warm(workers),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** Starts the longest files first, so that no worker is left alone with one at the end; answers in the order given. */
function longestFirst<T>(files: readonly File[], start: (file: File) => T): T[] {
  const results = new Map<File, T>();
  for (const file of files.toSorted((a, b) => b.text.length - a.text.length)) results.set(file, start(file));
  return files.flatMap((file) => results.get(file) ?? []);
}

async function detectIn(
  ways: { readonly scanInPlace: (file: File) => readonly Claim[] | undefined; readonly pool: WorkerPool },
  file: File,
  maxLength: number,
  signal: AbortSignal,
): Promise<Detection> {
  const { path, text } = file;
  const tooLarge = tooLargeReason(text, maxLength);
  if (tooLarge !== undefined) return { path, claims: [], ...(languageOf(path) && { error: tooLarge }) };
  const minified = minifiedReason(text);
  if (minified !== undefined) return { path, claims: [], ...(languageOf(path) && { unfit: minified }) };
  const found = ways.scanInPlace(file);
  if (found !== undefined) return { path, claims: found };
  const reply = await ways.pool.ask({ kind: "scan", path, text }, signal);
  if (reply.kind === "dead") return { path, claims: [], error: `rules: ${reply.error}` };
  const { answer } = reply;
  switch (answer.kind) {
    case "claims":
      return { path, claims: answer.claims };
    case "failed":
      return { path, claims: [], error: `rules: ${answer.error}` };
    case "ready":
    case "checked":
    case "rewritten":
      throw new Error(`a scan was answered with ${answer.kind}`);
    default:
      return answer satisfies never;
  }
}
