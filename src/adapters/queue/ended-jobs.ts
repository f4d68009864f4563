import type { PgBoss } from "pg-boss";

import { laneOf } from "../../domain/app-job.ts";
import type { DeadLetter } from "../../ports/job-queue.ts";
import { type Database, notify } from "./database.ts";
import { firstJob, jobRows, OPEN_STATUSES } from "./job-row.ts";
import { oneAtATime, send, withTurns } from "./place-jobs.ts";
import { DEAD } from "./start-boss.ts";
import { wholeNumber } from "./stop-jobs.ts";

/** Dead letters that are shown at once. */
const SHOWN = 500;

export async function deadLetters(database: Database): Promise<readonly DeadLetter[]> {
  const rows = jobRows(
    await database.query(
      `SELECT * FROM parallel_review.job WHERE status = 'failed' ORDER BY ended_ms DESC, id DESC LIMIT ${SHOWN}`,
    ),
  );
  return rows.map(({ id, job, reason, attempts, ended_ms: diedMs }) => {
    return { id, job, reason: reason ?? "", attempts, diedMs: diedMs ?? 0 };
  });
}

/** Puts an ended job in line again, with all its tries before it. False when it is none of that kind. */
export async function endedAgain(
  database: Database,
  boss: PgBoss,
  id: string,
  kind: "any" | "failed",
): Promise<boolean> {
  const isAgain = await database.transaction(async (transaction) => {
    await oneAtATime(transaction);
    const row = firstJob(
      await transaction.query("SELECT * FROM parallel_review.job WHERE id = $1 FOR UPDATE", [wholeNumber(id)]),
    );
    const isOpen = OPEN_STATUSES.some((status) => status === row?.status);
    if (row === undefined || isOpen || (kind === "failed" && row.status !== "failed")) return false;
    const { job, queue } = row;
    const placed = await withTurns(transaction, [{ id, queue, lane: laneOf(job), installation: job.installation }]);
    await transaction.query(
      `UPDATE parallel_review.job
       SET status = 'queued', attempts = 0, queue_id = $2, turn = $3, stop_kind = NULL, stop_text = NULL, ended_ms = NULL,
         version = pg_current_xact_id()
       WHERE id = $1`,
      [id, placed[0]?.queueId, placed[0]?.turn],
    );
    await send(transaction, boss, placed);
    await notify(transaction, `job ${id}`);
    return true;
  });
  if (isAgain) {
    const letters = await boss.findJobs(DEAD, { data: { id } });
    if (letters.length > 0)
      await boss.deleteJob(
        DEAD,
        letters.map((letter) => letter.id),
      );
  }
  return isAgain;
}
