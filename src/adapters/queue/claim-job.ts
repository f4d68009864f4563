import type { AppJob } from "../../domain/app-job.ts";
import { stopReason } from "../../domain/stop.ts";
import type { Attempt, JobEnd } from "../../ports/job-queue.ts";
import { type Allowance, allowance, type Budgets } from "./budgets.ts";
import { CHANNEL, type Database, type Statements } from "./database.ts";
import { firstJob, type JobRow, OPEN_STATUSES } from "./job-row.ts";

/** A job that this process holds. `stopped` is there when it was stopped before it was taken over. */
export type Claimed = { readonly job: AppJob; readonly attempt: Attempt; readonly stopped: Error | undefined };

/** `over`: it has ended already, and how. */
export type Claim = ({ readonly kind: "claimed" } & Claimed) | { readonly kind: "over"; readonly isDead: boolean };

type Taken = { readonly row: JobRow; readonly allowed: Allowance };

/** Takes a job that pg-boss has handed out; from then on nobody else may write its record. */
export async function claimJob(
  database: Database,
  id: string,
  { budgets, maxAttempts }: { readonly budgets: Budgets; readonly maxAttempts: number },
): Promise<Claim> {
  const isUnlimited = Object.keys(budgets).length === 0;
  const taken = await (isUnlimited ? take(database, id, {}) : takeWithin(database, id, budgets));
  if (taken === undefined) {
    const row = firstJob(await database.query("SELECT * FROM parallel_review.job WHERE id = $1", [id]));
    return { kind: "over", isDead: row?.status === "failed" };
  }
  const { job, attempts: number, lease, reason, stop_kind: stop, stop_text: text } = taken.row;
  const lastError = reason === null ? {} : { lastError: reason };
  const givesUp = number > maxAttempts;
  const attempt: Attempt = { runId: id, lease, number, givesUp, ...lastError, ...taken.allowed };
  const stopped = stop === null ? undefined : stopReason(stop, text ?? "it was stopped");
  return { kind: "claimed", job, attempt, stopped };
}

function takeWithin(database: Database, id: string, budgets: Budgets): Promise<Taken | undefined> {
  return database.transaction(async (transaction) => {
    const row = firstJob(await transaction.query("SELECT * FROM parallel_review.job WHERE id = $1 FOR UPDATE", [id]));
    const isOpen = OPEN_STATUSES.some((status) => status === row?.status);
    if (row === undefined || !isOpen) return undefined;
    return take(transaction, id, await allowance(transaction, budgets, { id, job: row.job }));
  });
}

/**
 * Undefined when it has ended. One statement: it is what stands between a job and its beginning. What somebody asked for by name begins
 * with the newest head, so no push before that can stop it; a push's own run has been replaced by then.
 */
async function take(statements: Statements, id: string, allowed: Allowance): Promise<Taken | undefined> {
  const row = firstJob(
    await statements.query(
      `WITH taken AS (
         UPDATE parallel_review.job
         SET status = 'running', attempts = attempts + 1, lease = lease + 1, budget_usd = $2,
           started_ms = COALESCE(started_ms, $3), version = pg_current_xact_id(),
           stop_kind = CASE WHEN stop_kind = 'newer-head' AND kind <> 'pull-request' THEN NULL ELSE stop_kind END
         WHERE id = $1 AND status = ANY($4) RETURNING *
       ), turned AS (
         UPDATE parallel_review.turn SET turn = taken.turn FROM taken WHERE turn.installation = 0 AND turn.turn < taken.turn
       )
       SELECT *, pg_notify($5, 'job ' || id) FROM taken`,
      [id, allowed.budgetUsd ?? null, Date.now(), OPEN_STATUSES, CHANNEL],
    ),
  );
  return row === undefined ? undefined : { row, allowed };
}

/** `elsewhere`: it goes on in another process, and this try does not count. */
export type Ending = JobEnd | { readonly kind: "elsewhere" };

/** Writes down how the try ended, unless the job has passed to somebody else meanwhile: then nothing is written. */
export async function settleJob(database: Database, { runId, lease }: Attempt, end: Ending): Promise<void> {
  const isOver = end.kind !== "retry" && end.kind !== "elsewhere";
  await database.query(
    `WITH settled AS (
       UPDATE parallel_review.job
       SET status = $3, reason = COALESCE($4, CASE WHEN $3 = 'done' THEN NULL ELSE reason END), ended_ms = $5,
         attempts = attempts - $6, version = pg_current_xact_id()
       WHERE id = $1 AND lease = $2 RETURNING id
     )
     SELECT pg_notify($7, 'job ' || id) FROM settled`,
    [
      runId,
      lease,
      isOver ? end.kind : "waiting",
      "reason" in end ? end.reason : null,
      isOver ? Date.now() : null,
      end.kind === "elsewhere" ? 1 : 0,
      CHANNEL,
    ],
  );
}
