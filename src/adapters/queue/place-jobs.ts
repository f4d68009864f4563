import { randomUUID } from "node:crypto";

import type { JobInsert, PgBoss } from "pg-boss";
import { z } from "zod";

import { OUTLASTING_VERBS } from "../../domain/app-job.ts";
import { CHANNEL, type Database, notify, type Transaction } from "./database.ts";
import { jobRows } from "./job-row.ts";
import { AT_ONCE, RUNS } from "./start-boss.ts";

/** Any number, the same in every process: one places, the others wait for it. */
const LOCK = 7_025_313;
const AT_A_TIME = 500;

const Unplaced = z.array(
  z.object({
    id: z.coerce.string(),
    installation: z.coerce.number(),
    lane: z.string(),
    queue: z.enum([RUNS, AT_ONCE]),
    head: z.string().nullable(),
    isPush: z.boolean(),
  }),
);
type Unplaced = z.infer<typeof Unplaced>[number];
type Placed = Pick<Unplaced, "id" | "queue" | "lane"> & { readonly queueId: string; readonly turn: number };

const Turns = z.array(z.object({ installation: z.coerce.number(), turn: z.coerce.number() }));

/** Whether there are jobs without a place. */
export async function hasUnplaced(database: Database): Promise<boolean> {
  const [row] = await database.query(
    "SELECT 1 FROM parallel_review.job WHERE queue_id IS NULL AND status = 'queued' LIMIT 1",
  );
  return row !== undefined;
}

/** Gives jobs that came in their places in line, in the order in which they came. All or nothing; false when there were none. */
export function placeJobs(database: Database, boss: PgBoss): Promise<boolean> {
  return database.transaction(async (transaction) => {
    await oneAtATime(transaction);
    const unplaced = Unplaced.parse(
      await transaction.query(
        `SELECT id, installation, lane, queue, head, kind = 'pull-request' AND helps IS NULL AS "isPush"
         FROM parallel_review.job WHERE queue_id IS NULL AND status = 'queued' ORDER BY id LIMIT ${AT_A_TIME}`,
      ),
    );
    if (unplaced.length === 0) return false;
    const superseded = await supersede(transaction, boss, unplaced);
    const placed = await withTurns(
      transaction,
      unplaced.filter(({ id }) => !superseded.has(id)),
    );
    await transaction.query(
      `UPDATE parallel_review.job SET queue_id = given.queue_id, turn = given.turn
       FROM unnest($1::bigint[], $2::uuid[], $3::integer[]) AS given (id, queue_id, turn) WHERE job.id = given.id`,
      [placed.map(({ id }) => id), placed.map(({ queueId }) => queueId), placed.map(({ turn }) => turn)],
    );
    await send(transaction, boss, placed);
    await transaction.query("SELECT pg_notify($1, 'job ' || id) FROM unnest($2::bigint[]) AS given (id)", [
      CHANNEL,
      unplaced.map(({ id }) => id),
    ]);
    return true;
  });
}

/** Whoever changes what stands in line does so alone. */
export async function oneAtATime(transaction: Transaction): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
}

/** Hands jobs to pg-boss. Earlier turns go first. */
export async function send({ boss: db }: Transaction, boss: PgBoss, jobs: readonly Placed[]): Promise<void> {
  for (const name of [RUNS, AT_ONCE]) {
    const meant = jobs
      .filter(({ queue }) => queue === name)
      .map(({ id, queueId, lane, turn }): JobInsert => {
        return { id: queueId, data: { id }, singletonKey: lane, priority: -turn };
      });
    // oxlint-disable-next-line no-await-in-loop -- one transaction
    if (meant.length > 0) await boss.insert(name, meant, { db });
  }
}

/**
 * Turns are fair: an installation's next job comes one turn after its last one, but never before the turn that is being carried out. So a
 * hundred jobs of one stand behind the first of every other, and nobody gathers turns by being silent.
 */
export async function withTurns(
  transaction: Transaction,
  jobs: readonly Pick<Unplaced, "id" | "queue" | "lane" | "installation">[],
): Promise<readonly Placed[]> {
  const asked = [...new Set(jobs.map(({ installation }) => installation))];
  const known = Turns.parse(
    await transaction.query(
      "SELECT installation, turn FROM parallel_review.turn WHERE installation = 0 OR installation = ANY($1::bigint[])",
      [asked],
    ),
  );
  const last = new Map(known.map(({ installation, turn }) => [installation, turn]));
  const current = last.get(0) ?? 0;
  const placed = jobs.map(({ id, queue, lane, installation }): Placed => {
    const turn = Math.max((last.get(installation) ?? current - 1) + 1, current);
    last.set(installation, turn);
    return { id, queue, lane, turn, queueId: randomUUID() };
  });
  await transaction.query(
    `INSERT INTO parallel_review.turn SELECT * FROM unnest($1::bigint[], $2::integer[])
     ON CONFLICT (installation) DO UPDATE SET turn = EXCLUDED.turn`,
    [asked, asked.map((installation) => last.get(installation))],
  );
  return placed;
}

/**
 * One run is enough for all pushes to a pull request: each reads the newest head itself. So the last that came takes the place of those
 * that wait, and what runs for another head is to find out whether it is still the newest one. Answers with those that need no place.
 */
async function supersede(
  transaction: Transaction,
  boss: PgBoss,
  unplaced: readonly Unplaced[],
): Promise<ReadonlySet<string>> {
  const pushes = [...new Map(unplaced.filter(({ isPush }) => isPush).map((push) => [push.lane, push])).values()];
  if (pushes.length === 0) return new Set();
  const given = [pushes.map(({ id }) => id), pushes.map(({ lane }) => lane)];
  const rows = jobRows(
    await transaction.query(
      `UPDATE parallel_review.job
       SET status = 'superseded', reason = 'a newer commit was pushed', ended_ms = $3, version = pg_current_xact_id()
       FROM unnest($1::bigint[], $2::text[]) AS push (id, lane)
       WHERE job.lane = push.lane AND job.id < push.id AND job.kind = 'pull-request' AND job.helps IS NULL
         AND job.status IN ('queued', 'waiting') RETURNING job.*`,
      [...given, Date.now()],
    ),
  );
  const waited = rows.flatMap(({ queue_id: queueId }) => queueId ?? []);
  if (waited.length > 0) await boss.cancel(RUNS, waited, { db: transaction.boss });
  // Of a command that has not read its head yet, nothing is known: it may be about this very head, and sees a newer one by itself.
  const doubted = await transaction.query(
    `UPDATE parallel_review.job SET stop_kind = 'newer-head', stop_text = 'a newer commit was pushed'
     FROM unnest($1::text[], $2::text[]) AS push (lane, head)
     WHERE job.lane = push.lane AND job.status = 'running' AND job.stop_kind IS NULL AND job.head <> push.head
       AND (job.job::json #>> '{trigger,command,verb}' = ANY($3)) IS NOT TRUE RETURNING job.id`,
    [pushes.map(({ lane }) => lane), pushes.map(({ head }) => head), OUTLASTING_VERBS],
  );
  if (doubted.length > 0) await notify(transaction, "stop");
  return new Set(rows.map(({ id }) => id));
}
