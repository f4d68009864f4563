import { availableParallelism } from "node:os";

import type { RepoPath } from "../../domain/repo-path.ts";
import type { Detection, Detector } from "../../ports/detector.ts";
import type { RuleAssets } from "./assets.ts";
import { type LanguageId, languageOf } from "./languages.ts";
import type { RuleSet } from "./rule.ts";
import { unfitReason } from "./unfit.ts";
import { WorkerThread } from "./worker-thread.ts";

type File = { readonly path: RepoPath; readonly text: string };
type Settings = {
  readonly rules: RuleSet;
  readonly assets: RuleAssets;
  /** The most workers at once; fewer when there is little to do. */
  readonly workers: number;
  readonly fileLimitMs: number;
  /** In UTF-16 code units. */
  readonly maxFileLength: number;
  readonly workerUrl: URL;
};

type Job = {
  readonly settings: Settings;
  readonly files: readonly File[];
  /** Indexes of files that nobody has taken yet. */
  readonly queue: number[];
  readonly detections: Map<number, Detection>;
  readonly languages: readonly LanguageId[];
  readonly signal: AbortSignal;
};

/** A second worker pays when it has this much to read: starting one costs about as long as reading it. */
const LENGTH_PER_WORKER = 150_000;
/** Loading the engine takes under 100 ms; this is for a machine that is busy. */
const START_LIMIT_MS = 60_000;
/** A worker that never gets ready is a broken installation, not bad luck. */
const MAX_FAILED_STARTS = 3;

/**
 * The rules engine: ast-grep rules and text rules, on worker threads that live as long as one call of `detect`.
 * A file that takes too long or brings a worker down costs its own claims only. When no worker can start, every file
 * has that as its error. Rejects with the signal's reason on abort.
 */
export function rulesDetector(options: {
  readonly rules: RuleSet;
  readonly assets: RuleAssets;
  readonly workers?: number;
  readonly fileLimitMs?: number;
  readonly maxFileLength?: number;
  /** The worker's file; a bundle passes its own. */
  readonly workerUrl?: URL;
}): Detector {
  const settings: Settings = {
    rules: options.rules,
    assets: options.assets,
    workers: options.workers ?? availableParallelism(),
    fileLimitMs: options.fileLimitMs ?? 10_000,
    maxFileLength: options.maxFileLength ?? 2_000_000,
    workerUrl: options.workerUrl ?? new URL("worker.ts", import.meta.url),
  };
  return { detect: async (files, signal) => detect(settings, files, signal) };
}

async function detect(settings: Settings, files: readonly File[], signal: AbortSignal): Promise<readonly Detection[]> {
  signal.throwIfAborted();
  const detections = new Map<number, Detection>();
  const queue: number[] = [];
  for (const [index, file] of files.entries()) {
    const reason = unfitReason(file.text, settings.maxFileLength);
    if (reason === undefined) queue.push(index);
    else detections.set(index, { path: file.path, claims: [], ...(languageOf(file.path) && { error: reason }) });
  }
  // The longest first, so that no worker is left alone with one at the end.
  queue.sort((a, b) => (files[b]?.text.length ?? 0) - (files[a]?.text.length ?? 0) || a - b);

  const length = queue.reduce((sum, index) => sum + (files[index]?.text.length ?? 0), 0);
  const count = Math.min(settings.workers, queue.length, Math.ceil(length / LENGTH_PER_WORKER));
  const job: Job = { settings, files, queue, detections, languages: languagesOf(files, settings.rules), signal };
  const failures = await Promise.all(Array.from({ length: count }, async () => work(job)));
  signal.throwIfAborted();
  const failure = failures.find((reason) => reason !== undefined) ?? "not looked at";
  return files.map(({ path }, index) => detections.get(index) ?? { path, claims: [], error: `rules: ${failure}` });
}

/** One lane: takes files from the queue until it is empty, and a new worker whenever the old one died. Gives why it gave up. */
async function work(job: Job): Promise<string | undefined> {
  const { settings, queue, signal } = job;
  let failure: string | undefined;
  for (let failedStarts = 0; queue.length > 0 && !signal.aborted && failedStarts < MAX_FAILED_STARTS;) {
    await using worker = new WorkerThread(settings.workerUrl, {
      assets: settings.assets,
      rules: settings.rules,
      languages: job.languages,
    });
    const stop = (): void => void worker[Symbol.asyncDispose]();
    signal.addEventListener("abort", stop, { once: true });
    try {
      const ready = await worker.next(START_LIMIT_MS);
      if (ready.kind === "dead") {
        failedStarts += 1;
        failure = `the engine does not start: ${ready.error}`;
      } else await drain(worker, job);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
  return failure;
}

/** Feeds one worker until the queue is empty or it died. */
async function drain(worker: WorkerThread, job: Job): Promise<void> {
  const { settings, files, queue, detections, signal } = job;
  for (let index = queue.shift(); index !== undefined; index = signal.aborted ? undefined : queue.shift()) {
    const file = files[index];
    if (file === undefined) continue;
    const reply = await worker.next(settings.fileLimitMs, { kind: "scan", path: file.path, text: file.text });
    if (reply.kind === "dead") {
      detections.set(index, { path: file.path, claims: [], error: `rules: ${reply.error}` });
      return;
    }
    const { answer } = reply;
    if (answer.kind === "claims") detections.set(index, { path: file.path, claims: answer.claims });
    else if (answer.kind === "failed")
      detections.set(index, { path: file.path, claims: [], error: `rules: ${answer.error}` });
  }
}

/** Grammars worth loading: of the files at hand, where a rule is for them. */
function languagesOf(files: readonly File[], rules: RuleSet): readonly LanguageId[] {
  const ruled = new Set(rules.syntax.flatMap((rule) => rule.languages));
  const present = new Set(files.flatMap((file) => languageOf(file.path) ?? []));
  return [...present].filter((language) => ruled.has(language));
}
