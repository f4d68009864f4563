import type { PgBoss } from "pg-boss";
import { z } from "zod";

import type { AppJob } from "../../domain/app-job.ts";
import type { JobQueue } from "../../ports/job-queue.ts";
import type { Budgets } from "./budgets.ts";
import type { Database } from "./database.ts";
import { deadLetters, endedAgain } from "./ended-jobs.ts";
import type { Notices } from "./notices.ts";
import { Placement } from "./placement.ts";
import { RunningJobs } from "./running-jobs.ts";
import { setSchedules, workSchedules } from "./schedules.ts";
import { giveBackAll, startBoss } from "./start-boss.ts";
import { stopJobs } from "./stop-jobs.ts";
import { submitJob } from "./submit-job.ts";
import { workJobs } from "./work-jobs.ts";

export type QueueOptions = {
  readonly database: Database;
  readonly notices: Notices;
  readonly budgets: Budgets;
  /** How long a worker may be silent before its jobs are given to others; at least 10. */
  readonly leaseSeconds: number;
  /** Tries, crashes among them, before a job is given up. */
  readonly maxAttempts: number;
  /** No other process can be at work: jobs that are held were left by one that has ended. */
  readonly isAlone: boolean;
  /** Hears what could not be done in the background. */
  readonly onProblem: (problem: string) => void;
};

const Counts = z
  .tuple([
    z.object({
      queued: z.coerce.number(),
      running: z.coerce.number(),
      dead: z.coerce.number(),
      oldest: z.coerce.number().nullable(),
    }),
  ])
  .transform(([row]) => row);

const Repositories = z.array(
  z.object({ installation: z.coerce.number(), repository: z.string(), repositoryId: z.coerce.number() }),
);

/**
 * The App's queue on its database. pg-boss hands jobs out (lanes, turns, leases, pauses); our own table is what is true of a job: a job
 * that is handed out twice is carried out once.
 */
export async function openQueue(options: QueueOptions): Promise<JobQueue & AsyncDisposable> {
  const { database, notices, budgets, leaseSeconds, maxAttempts, onProblem, isAlone } = options;
  await using opening = new AsyncDisposableStack();
  const boss = opening.adopt(await startBoss(database, leaseSeconds, onProblem), stopBoss);
  if (isAlone) await giveBackAll(database, boss);
  const running = opening.use(new RunningJobs(database));
  const placement = opening.use(new Placement(database, boss, onProblem));
  opening.use(
    notices.on((notice) => {
      if (notice === "stop" || notice === "") void running.look();
    }),
  );
  const submit = async (job: AppJob): Promise<"queued" | "duplicate"> => {
    const answer = await submitJob(database, job);
    if (answer === "queued") placement.wake();
    return answer;
  };
  const open = opening.move();
  return {
    submit,
    async seen(delivery) {
      const rows = await database.query("SELECT 1 FROM parallel_review.delivery WHERE delivery = $1", [delivery]);
      return rows.length > 0;
    },
    async work(work, carry) {
      await using starting = new AsyncDisposableStack();
      starting.use(await workSchedules(boss, submit));
      starting.use(await workJobs({ database, boss, running, budgets, maxAttempts }, work, carry));
      return starting.move();
    },
    stop: (target, reason) => stopJobs(database, boss, target, reason),
    retry: (id) => endedAgain(database, boss, id, "any"),
    deadLetters: () => deadLetters(database),
    replay: (id) => endedAgain(database, boss, id, "failed"),
    async counts() {
      const counts = Counts.parse(
        await database.query(
          `SELECT count(*) FILTER (WHERE status IN ('queued', 'waiting')) AS queued,
             count(*) FILTER (WHERE status = 'running') AS running, count(*) FILTER (WHERE status = 'failed') AS dead,
             min(received_ms) FILTER (WHERE status = 'queued' AND NOT EXISTS (
               SELECT 1 FROM parallel_review.job AS other WHERE other.lane = job.lane AND other.status = 'running'
             )) AS oldest
           FROM parallel_review.job WHERE status IN ('queued', 'waiting', 'running', 'failed')`,
        ),
      );
      const { queued, running: busy, dead, oldest } = counts;
      return { queued, running: busy, dead, oldestWaitMs: oldest === null ? 0 : Math.max(0, Date.now() - oldest) };
    },
    async repositories() {
      const rows = await database.query(
        `SELECT DISTINCT ON (repository_id) installation, repository, repository_id AS "repositoryId"
         FROM parallel_review.job ORDER BY repository_id, id DESC`,
      );
      return Repositories.parse(rows);
    },
    setSchedules: (repositoryId, schedules) => setSchedules(boss, repositoryId, schedules),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function stopBoss(boss: PgBoss): Promise<void> {
  await boss.stop({ graceful: true, timeout: 5_000 });
}
