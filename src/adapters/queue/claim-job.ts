import type { AppJob } from "../../domain/app-job.ts";
import { stopReason } from "../../domain/stop.ts";
import type { Attempt, JobEnd } from "../../ports/job-queue.ts";
import { allowance, type Budgets } from "./budgets.ts";
import { type Database, notify } from "./database.ts";
import { firstJob, OPEN_STATUSES } from "./job-row.ts";

/** A job that this process holds. `stopped` is there when it was stopped before it was taken over. */
export type Claimed = { readonly job: AppJob; readonly attempt: Attempt; readonly stopped: Error | undefined };

/** `over`: it has ended already, and how. */
export type Claim = ({ readonly kind: "claimed" } & Claimed) | { readonly kind: "over"; readonly isDead: boolean };

/** Takes a job that pg-boss has handed out; from then on nobody else may write its record. */
export function claimJob(
  database: Database,
  id: string,
  { budgets, maxAttempts }: { readonly budgets: Budgets; readonly maxAttempts: number },
): Promise<Claim> {
  return database.transaction(async (transaction): Promise<Claim> => {
    const row = firstJob(await transaction.query("SELECT * FROM parallel_review.job WHERE id = $1 FOR UPDATE", [id]));
    if (row === undefined || !OPEN_STATUSES.some((status) => status === row.status)) {
      return { kind: "over", isDead: row?.status === "failed" };
    }
    const allowed = await allowance(transaction, budgets, { id, job: row.job });
    const [number, lease] = [row.attempts + 1, row.lease + 1];
    await transaction.query(
      `UPDATE parallel_review.job
       SET status = 'running', attempts = $2, lease = $3, budget_usd = $4, started_ms = COALESCE(started_ms, $5),
         version = pg_current_xact_id()
       WHERE id = $1`,
      [id, number, lease, allowed.budgetUsd ?? null, Date.now()],
    );
    await transaction.query("UPDATE parallel_review.turn SET turn = GREATEST(turn, $1) WHERE installation = 0", [
      row.turn,
    ]);
    await notify(transaction, `job ${id}`);
    const lastError = row.reason === null ? {} : { lastError: row.reason };
    const attempt: Attempt = {
      runId: id,
      lease,
      number,
      givesUp: number > maxAttempts,
      ...lastError,
      ...allowed,
    };
    const stopped = row.stop_kind === null ? undefined : stopReason(row.stop_kind, row.stop_text ?? "it was stopped");
    return { kind: "claimed", job: row.job, attempt, stopped };
  });
}

/** `elsewhere`: it goes on in another process, and this try does not count. */
export type Ending = JobEnd | { readonly kind: "elsewhere" };

/** Writes down how the try ended. False when the job has passed to somebody else meanwhile: then nothing is written. */
export async function settleJob(database: Database, { runId, lease }: Attempt, end: Ending): Promise<boolean> {
  const isOver = end.kind !== "retry" && end.kind !== "elsewhere";
  const reason = "reason" in end ? end.reason : null;
  return database.transaction(async (transaction) => {
    const settled = await transaction.query(
      `UPDATE parallel_review.job
       SET status = $3, reason = COALESCE($4, CASE WHEN $3 = 'done' THEN NULL ELSE reason END), ended_ms = $5,
         attempts = attempts - $6, version = pg_current_xact_id()
       WHERE id = $1 AND lease = $2 RETURNING id`,
      [
        runId,
        lease,
        isOver ? end.kind : "waiting",
        reason,
        isOver ? Date.now() : null,
        end.kind === "elsewhere" ? 1 : 0,
      ],
    );
    await notify(transaction, `job ${runId}`);
    return settled.length > 0;
  });
}
