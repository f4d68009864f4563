import { setTimeout as pause } from "node:timers/promises";

import { z } from "zod";

import type { AppJob } from "../../domain/app-job.ts";
import { stopReason } from "../../domain/stop.ts";
import type { Attempt } from "../../ports/job-queue.ts";
import type { OutcomeEntry } from "../../ports/run-store.ts";
import type { SharedWork } from "../../ports/shared-work.ts";
import { StoredEntry } from "./archived-run.ts";
import type { Database } from "./database.ts";
import type { Notices } from "./notices.ts";
import { NOW, shareMoney, SILENT_MS } from "./share-money.ts";

/** Processes that share one run, at most. */
const MAX_SHARERS = 8;
/** A holder says so this often: several times before it counts as silent. */
const TOUCH_MS = 2_000;
/** Looks are this far apart, however much news there is; and no further than this, however little. */
const GATHER_MS = 100;
const LOOK_MS = 2_000;

const Outcomes = z.array(
  z.object({
    is_new: z.boolean(),
    entry: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(StoredEntry),
  }),
);
const Held = z.array(z.object({ subtask: z.string() }));
const Lead = z.array(z.object({ status: z.string() }));

export type SharingParts = {
  readonly database: Database;
  readonly notices: Notices;
  readonly job: AppJob;
  readonly attempt: Attempt;
  /** Everything that was given so far, the header among it, is in the database when this resolves. */
  readonly settled: () => Promise<void>;
  readonly submit: (job: AppJob) => Promise<unknown>;
};

/** The subtasks of a run in the database. `over` is aborted when the run that is helped is over. */
export function shareRun(parts: SharingParts): SharedWork & AsyncDisposable & { readonly over: AbortSignal } {
  const { database, notices, job, attempt } = parts;
  const run = job.helps?.runId ?? attempt.runId;
  const over = new AbortController();
  const ended = new Map<string, OutcomeEntry>();
  const mine = new Set<string>();
  let held: ReadonlySet<string> = new Set();
  let isShared = false;
  let looking: Promise<void> | undefined;
  const money = shareMoney({ database, run, attempt, settled: parts.settled });

  const look = async (): Promise<void> => {
    const outcomes = Outcomes.parse(
      await database.query(
        `SELECT entry, entry.seq > begun.seq AS is_new
         FROM parallel_review.entry, (
           SELECT COALESCE(max(seq), 0) AS seq FROM parallel_review.entry WHERE job = $1 AND kind IN ('run', 'resume')
         ) AS begun
         WHERE job = $1 AND kind = 'outcome' AND asker <> ALL($2::text[]) ORDER BY entry.seq`,
        [run, [...ended.keys()]],
      ),
    );
    for (const { entry, is_new: isNew } of outcomes) {
      if (entry.kind === "outcome" && isFinal(entry, isNew)) ended.set(entry.outcome.subtaskId, entry);
    }
    const others = Held.parse(
      await database.query(
        `SELECT subtask FROM parallel_review.held_subtask
         WHERE run = $1 AND touched_ms > ${NOW} - ${SILENT_MS} AND NOT (holder = $2 AND lease = $3)`,
        [run, attempt.runId, attempt.lease],
      ),
    );
    held = new Set(others.map(({ subtask }) => subtask));
    const [lead] = Lead.parse(await database.query("SELECT status FROM parallel_review.job WHERE id = $1", [run]));
    const isOpen = lead !== undefined && ["queued", "waiting", "running"].includes(lead.status);
    if (job.helps !== undefined && !isOpen) over.abort(stopReason("moved", "the run that was helped is over"));
  };
  /** One look for all who ask meanwhile. A look that fails is followed by others. */
  const lookOnce = (): Promise<void> => {
    looking ??= look()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  const touch = async (): Promise<void> => {
    await money.touch();
    if (mine.size === 0) return;
    await database
      .query(
        `UPDATE parallel_review.held_subtask SET touched_ms = ${NOW} WHERE run = $1 AND holder = $2 AND lease = $3`,
        [run, attempt.runId, attempt.lease],
      )
      .catch(() => undefined);
  };
  const timer = setInterval(() => void touch(), TOUCH_MS);
  timer.unref();
  const waitForNews = async (signal: AbortSignal): Promise<void> => {
    const { promise: noticed, resolve } = Promise.withResolvers<void>();
    using _ = notices.on((notice) => {
      if (notice === "" || notice === `job ${run}`) resolve();
    });
    const done = new AbortController();
    const either = AbortSignal.any([signal, done.signal]);
    await Promise.race([noticed, pause(LOOK_MS, undefined, { signal: either }).catch(() => undefined)]);
    done.abort();
    await pause(GATHER_MS, undefined, { signal });
    await lookOnce();
  };
  /** One wait for all who wait. */
  let waiting: Promise<void> | undefined;

  return {
    over: over.signal,
    async gather(subtasks, concurrency, signal) {
      signal.throwIfAborted();
      const sharers = job.helps?.sharers ?? Math.min(MAX_SHARERS, Math.floor(subtasks / concurrency));
      isShared = sharers > 1;
      if (!isShared) return 1;
      await parts.settled();
      for (let n = 1; job.helps === undefined && n < sharers; n += 1) {
        const key = `${job.key}/help-${attempt.lease}-${n}`;
        await parts.submit({ ...job, key, delivery: key, receivedMs: Date.now(), helps: { runId: run, sharers } });
      }
      await lookOnce();
      return sharers;
    },
    look(subtaskId) {
      const outcome = ended.get(subtaskId);
      if (outcome !== undefined && !mine.has(subtaskId)) return outcome;
      return held.has(subtaskId) ? "held" : "free";
    },
    async take(subtaskId) {
      const taken = await database.query(
        `INSERT INTO parallel_review.held_subtask AS held VALUES ($1, $2, $3, $4, ${NOW})
         ON CONFLICT (run, subtask) DO UPDATE SET holder = $3, lease = $4, touched_ms = ${NOW}
         WHERE held.touched_ms <= ${NOW} - ${SILENT_MS} OR (held.holder = $3 AND held.lease <> $4) RETURNING run`,
        [run, subtaskId, attempt.runId, attempt.lease],
      );
      // Also after a take: whoever held it before may have ended it and gone.
      await lookOnce();
      const isMine = taken.length > 0 && !ended.has(subtaskId);
      if (isMine) mine.add(subtaskId);
      return isMine;
    },
    reserve: (usd, mostUsd) => money.reserve(usd, mostUsd),
    async news(signal) {
      signal.throwIfAborted();
      waiting ??= waitForNews(signal).finally(() => {
        waiting = undefined;
      });
      await waiting;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** Whether others may take it as it is; what was cut off has to be done again, and what failed is when the run goes on in a new try. */
function isFinal({ outcome }: OutcomeEntry, isNew: boolean): boolean {
  switch (outcome.end) {
    case "done":
    case "refused":
      return true;
    case "out-of-budget":
      return outcome.limit !== "time" && (isNew || outcome.limit !== "money");
    case "failed":
      return isNew;
    case "cancelled":
      return false;
    default:
      return outcome satisfies never;
  }
}
