import type { WorkerData, WorkerRequest } from "./worker-protocol.ts";
import { type Reply, WorkerThread } from "./worker-thread.ts";

/** Loading the engine takes under 100 ms; this is for a machine that is busy. */
const START_LIMIT_MS = 60_000;
/** A worker that never gets ready is a broken installation, not bad luck. */
const MAX_FAILED_STARTS = 3;

type Entry = {
  readonly request: WorkerRequest;
  readonly signal: AbortSignal;
  readonly settle: (reply: Reply) => void;
  readonly reject: (reason: unknown) => void;
};

/** Worker threads that share one queue. A request that kills its worker is answered with `dead`; the next one gets a new worker. */
export interface WorkerPool extends AsyncDisposable {
  /** Rejects only with the signal's reason. */
  ask(request: WorkerRequest, signal: AbortSignal): Promise<Reply>;
  /** Starts that many workers before there is anything to ask. */
  warm(workers: number): void;
}

/** At most `workers` threads, started as requests come; none for none. */
export function workerPool(options: {
  readonly url: URL;
  readonly data: WorkerData;
  readonly workers: number;
  readonly limitMs: number;
}): WorkerPool {
  const queue: Entry[] = [];
  const idle = new Set<WorkerThread>();
  const all = new Set<WorkerThread>();
  let starting = 0;
  let failedStarts = 0;
  let broken: string | undefined;

  const take = (): Entry | undefined => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      if (!entry.signal.aborted) return entry;
      entry.reject(entry.signal.reason);
    }
    return undefined;
  };

  const serve = async (worker: WorkerThread, entry: Entry): Promise<void> => {
    const stop = (): void => void worker[Symbol.asyncDispose]();
    entry.signal.addEventListener("abort", stop, { once: true });
    const reply = await worker.next(options.limitMs, entry.request);
    entry.signal.removeEventListener("abort", stop);
    if (reply.kind === "answer" && reply.answer.kind !== "failed") idle.add(worker);
    else {
      // WebAssembly that has trapped is in no known state, so a worker that failed is as good as dead.
      all.delete(worker);
      await worker[Symbol.asyncDispose]();
    }
    if (entry.signal.aborted) entry.reject(entry.signal.reason);
    else entry.settle(reply);
    pump();
  };

  const start = async (): Promise<void> => {
    const worker = new WorkerThread(options.url, options.data);
    all.add(worker);
    const ready = await worker.next(START_LIMIT_MS);
    starting -= 1;
    if (ready.kind === "answer") idle.add(worker);
    else {
      all.delete(worker);
      failedStarts += 1;
      if (failedStarts >= MAX_FAILED_STARTS) broken = `the engine does not start: ${ready.error}`;
    }
    pump();
  };

  const pump = (): void => {
    if (broken !== undefined) {
      for (const entry of queue.splice(0)) entry.settle({ kind: "dead", error: broken });
      return;
    }
    for (const worker of idle) {
      const entry = take();
      if (entry === undefined) break;
      idle.delete(worker);
      void serve(worker, entry);
    }
    while (queue.length > starting && all.size < options.workers) {
      starting += 1;
      void start();
    }
  };

  return {
    ask(request, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Reply>();
      queue.push({ request, signal, settle: resolve, reject });
      pump();
      return promise;
    },
    warm(workers) {
      if (broken !== undefined) return;
      while (all.size < Math.min(workers, options.workers)) {
        starting += 1;
        void start();
      }
    },
    async [Symbol.asyncDispose]() {
      broken ??= "stopped";
      pump();
      await Promise.all([...all].map((worker) => worker[Symbol.asyncDispose]()));
    },
  };
}
