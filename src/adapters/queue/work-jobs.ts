import type { JobResult, JobWithMetadata, PgBoss } from "pg-boss";

import { errorMessage } from "../../domain/errors.ts";
import { isMoved, stopReason } from "../../domain/stop.ts";
import type { Carry, JobEnd, WorkOptions } from "../../ports/job-queue.ts";
import type { Budgets } from "./budgets.ts";
import { claimJob, type Claimed, type Ending, settleJob } from "./claim-job.ts";
import type { Database } from "./database.ts";
import type { RunningJobs } from "./running-jobs.ts";
import { AT_ONCE, RUNS } from "./start-boss.ts";

/** Jobs of the quick kind that one process carries out beside its runs. */
const AT_ONCE_CONCURRENCY = 4;
/** Pauses between looks when no notice comes. */
const POLL_SECONDS = 2;
const WORKER = {
  perJobResults: true,
  includeMetadata: true,
  pollingIntervalSeconds: POLL_SECONDS,
  notifyPollingIntervalSeconds: POLL_SECONDS,
} as const;

export type WorkParts = {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly running: RunningJobs;
  readonly budgets: Budgets;
  /** Tries before a job is given up. */
  readonly maxAttempts: number;
};

type Handed = JobWithMetadata<{ readonly id: string }>;

/** Carries out jobs in this process until it is disposed. */
export async function workJobs(parts: WorkParts, options: WorkOptions, carry: Carry): Promise<AsyncDisposable> {
  const { boss } = parts;
  const drain = new AbortController();
  const givenBack: { readonly name: string; readonly id: string }[] = [];
  const slot = async (queue: string): Promise<void> => {
    let worker = "";
    const handle = async (jobs: Handed[]): Promise<JobResult[]> =>
      Promise.all(
        jobs.map(async (job) => {
          const result = await handleJob(parts, job, { carry, headOf: options.headOf }, drain.signal);
          if (drain.signal.aborted && result.status === "failed") givenBack.push(job);
          // The next job may have been waiting for this one to end: no notice comes for it.
          boss.notifyWorker(worker);
          return result;
        }),
      );
    worker = await boss.work(queue, WORKER, handle);
  };
  for (let n = 0; n < options.concurrency; n += 1) await slot(RUNS);
  for (let n = 0; n < AT_ONCE_CONCURRENCY; n += 1) await slot(AT_ONCE);
  return {
    async [Symbol.asyncDispose]() {
      const stopped = Promise.all([RUNS, AT_ONCE].map((name) => boss.offWork(name, { wait: true })));
      const timer = setTimeout(() => drain.abort(stopReason("moved", "this process is ending")), options.graceMs);
      await stopped;
      clearTimeout(timer);
      // Others may begin with them at once: the pause is for jobs that failed.
      for (const { name, id } of givenBack) await boss.update(name, undefined, { id, startAfter: 0 });
    },
  };
}

async function handleJob(
  { database, running, budgets, maxAttempts }: WorkParts,
  { id: queueId, data, signal: lost }: Handed,
  { carry, headOf }: { readonly carry: Carry; readonly headOf: WorkOptions["headOf"] },
  drain: AbortSignal,
): Promise<JobResult> {
  // Before the job is taken: a stop that comes right after that must not be missed.
  using stop = running.watch(data.id, headOf);
  const claim = await claimJob(database, data.id, { budgets, maxAttempts });
  if (claim.kind === "over") return { id: queueId, status: claim.isDead ? "deadletter" : "completed" };
  const stopped = claim.stopped === undefined ? [] : [AbortSignal.abort(claim.stopped)];
  using taken = asMoved(lost);
  const signal = AbortSignal.any([...stopped, stop.signal, taken.signal, drain]);
  const end = await carried(claim, carry, signal);
  // However it took the abort: what has been told to others stays told, and everything else is done by whoever goes on.
  const isElsewhere = isMoved(signal) && end.kind !== "done" && end.kind !== "refused";
  const ending: Ending = isElsewhere ? { kind: "elsewhere" } : end;
  await settleJob(database, claim.attempt, ending);
  return { id: queueId, ...resultOf(ending) };
}

async function carried({ job, attempt }: Claimed, carry: Carry, signal: AbortSignal): Promise<JobEnd> {
  try {
    const end = await carry(job, attempt, signal);
    return end.kind === "retry" && attempt.givesUp ? { kind: "failed", reason: end.reason } : end;
  } catch (error) {
    return { kind: attempt.givesUp ? "failed" : "retry", reason: errorMessage(error) };
  }
}

/** pg-boss aborts its signal when another worker may have the job; a run understands that as having moved. */
function asMoved(lost: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const moved = new AbortController();
  const move = (): void => moved.abort(stopReason("moved", "the job has passed to another worker"));
  if (lost.aborted) move();
  lost.addEventListener("abort", move, { once: true });
  return { signal: moved.signal, [Symbol.dispose]: () => lost.removeEventListener("abort", move) };
}

function resultOf(end: Ending): Pick<JobResult, "status" | "output"> {
  switch (end.kind) {
    case "failed":
      return { status: "deadletter", output: { message: end.reason } };
    case "retry":
      return { status: "failed", output: { message: end.reason } };
    case "elsewhere":
      return { status: "failed", output: { message: "goes on in another process" } };
    default:
      return { status: "completed" };
  }
}
