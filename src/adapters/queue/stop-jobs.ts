import type { PgBoss } from "pg-boss";

import type { StopTarget } from "../../ports/job-queue.ts";
import { type Database, notify } from "./database.ts";
import { jobRows } from "./job-row.ts";
import { oneAtATime } from "./place-jobs.ts";
import { RUNS } from "./start-boss.ts";

/** Ends what waits and tells what runs to stop. What is carried out at once (the command that says so among it) is left alone. */
export function stopJobs(database: Database, boss: PgBoss, target: StopTarget, reason: string): Promise<number> {
  const [meant, values] =
    "id" in target
      ? ["id = $1", [wholeNumber(target.id)]]
      : ["repository_id = $1 AND pull_request = $2", [target.repositoryId, target.pullRequest]];
  const [at, next] = [values.length + 1, values.length + 2];
  return database.transaction(async (transaction) => {
    await oneAtATime(transaction);
    const ended = jobRows(
      await transaction.query(
        `UPDATE parallel_review.job
         SET status = 'stopped', reason = $${at}, ended_ms = $${next}, version = pg_current_xact_id()
         WHERE ${meant} AND queue = '${RUNS}' AND status IN ('queued', 'waiting') RETURNING *`,
        [...values, reason, Date.now()],
      ),
    );
    const placed = ended.flatMap(({ queue_id: queueId }) => queueId ?? []);
    if (placed.length > 0) await boss.cancel(RUNS, placed, { db: transaction.boss });
    const told = await transaction.query(
      `UPDATE parallel_review.job SET stop_kind = 'stop-command', stop_text = $${at}
       WHERE ${meant} AND queue = '${RUNS}' AND status = 'running' RETURNING id`,
      [...values, reason],
    );
    await notify(transaction, "stop");
    for (const { id } of ended) await notify(transaction, `job ${id}`);
    return ended.length + told.length;
  });
}

/** An id from outside; none of ours when it is not a number. */
export function wholeNumber(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : -1;
}
