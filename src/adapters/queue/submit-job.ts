import { randomUUID } from "node:crypto";

import type { PgBoss } from "pg-boss";
import { z } from "zod";

import { type AppJob, isAtOnce, laneOf, OUTLASTING_VERBS } from "../../domain/app-job.ts";
import { type Database, notify, type Transaction } from "./database.ts";
import { jobRows } from "./job-row.ts";
import { AT_ONCE, RUNS } from "./start-boss.ts";

const Turn = z.array(z.object({ turn: z.coerce.number() }));

/** Puts a job in line, unless its delivery or its key is known. All or nothing. */
export function submitJob(database: Database, boss: PgBoss, job: AppJob): Promise<"queued" | "duplicate"> {
  return database.transaction(async (transaction) => {
    const delivered = await transaction.query(
      "INSERT INTO parallel_review.delivery VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING delivery",
      [job.delivery, job.receivedMs],
    );
    if (delivered.length === 0) return "duplicate";
    const turn = await takeTurn(transaction, job.installation);
    const lane = laneOf(job);
    const queueId = randomUUID();
    const queue = isAtOnce(job) ? AT_ONCE : RUNS;
    const inserted = await transaction.query(
      `INSERT INTO parallel_review.job
         (key, lane, kind, installation, repository, repository_id, pull_request, head, job, queue, queue_id, turn, received_ms, helps)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       ON CONFLICT DO NOTHING RETURNING id`,
      [
        job.key,
        lane,
        job.kind,
        job.installation,
        job.repository,
        job.repositoryId,
        job.pullRequest ?? null,
        job.head ?? null,
        JSON.stringify(job),
        queue,
        queueId,
        turn,
        job.receivedMs,
        job.helps?.runId ?? null,
      ],
    );
    const [row] = z.array(z.object({ id: z.coerce.string() })).parse(inserted);
    if (row === undefined) return "duplicate";
    if (job.kind === "pull-request" && job.helps === undefined)
      await takePlace(transaction, boss, { id: row.id, lane, head: job.head });
    await send(transaction, boss, { id: row.id, queue, queueId, lane, turn });
    await notify(transaction, `job ${row.id}`);
    return "queued";
  });
}

/** Hands a job to pg-boss. Earlier turns go first. */
export async function send(
  { boss: db }: Transaction,
  boss: PgBoss,
  { id, queue, queueId, lane, turn }: SentJob,
): Promise<void> {
  await boss.send(queue, { id }, { id: queueId, singletonKey: lane, priority: -turn, db });
}

export type SentJob = {
  readonly id: string;
  readonly queue: string;
  readonly queueId: string;
  readonly lane: string;
  readonly turn: number;
};

/**
 * Turns are fair: an installation's next job comes one turn after its last one, but never before the turn that is being carried out. So a
 * hundred jobs of one stand behind the first of every other, and nobody gathers turns by being silent.
 */
export async function takeTurn(transaction: Transaction, installation: number): Promise<number> {
  const [current] = Turn.parse(
    await transaction.query("SELECT turn FROM parallel_review.turn WHERE installation = 0 FOR UPDATE"),
  );
  const [given] = Turn.parse(
    await transaction.query(
      `INSERT INTO parallel_review.turn VALUES ($1, $2)
       ON CONFLICT (installation) DO UPDATE SET turn = GREATEST(turn.turn + 1, EXCLUDED.turn) RETURNING turn`,
      [installation, current?.turn ?? 0],
    ),
  );
  return given?.turn ?? 0;
}

/** The newest head wins: what waits for an older one need not begin, what runs for an older one is told to stop. */
async function takePlace(
  transaction: Transaction,
  boss: PgBoss,
  { id, lane, head }: { readonly id: string; readonly lane: string; readonly head: string | undefined },
): Promise<void> {
  const superseded = jobRows(
    await transaction.query(
      `UPDATE parallel_review.job
       SET status = 'superseded', reason = 'a newer commit was pushed', ended_ms = $3, version = pg_current_xact_id()
       WHERE lane = $1 AND id <> $2 AND kind = 'pull-request' AND status IN ('queued', 'waiting') RETURNING *`,
      [lane, id, Date.now()],
    ),
  );
  for (const { queue, queue_id: queueId } of superseded) await boss.cancel(queue, queueId, { db: transaction.boss });
  // Of a command that has not read its head yet, nothing is known: it may be about this very head, and sees a newer one by itself.
  await transaction.query(
    `UPDATE parallel_review.job SET stop_kind = 'newer-head', stop_text = 'a newer commit was pushed'
     WHERE lane = $1 AND status = 'running' AND stop_kind IS NULL AND head <> $2
       AND (job::json #>> '{trigger,command,verb}' = ANY($3)) IS NOT TRUE`,
    [lane, head ?? null, OUTLASTING_VERBS],
  );
  await notify(transaction, "stop");
}
