import { z } from "zod";

import { type AppJob, isAtOnce, isPaid } from "../../domain/app-job.ts";
import type { Transaction } from "./database.ts";
import { RUNS } from "./start-boss.ts";

/** What may be spent; absent fields limit nothing. Days are UTC. */
export type Budgets = {
  readonly perRunUsd?: number;
  readonly perInstallationAndDayUsd?: number;
  readonly perDayUsd?: number;
  readonly runsPerInstallationAndDay?: number;
};

export type Allowance = { readonly overBudget?: string; readonly budgetUsd?: number };

const LOCK = 7_025_312;
const DAY_MS = 86_400_000;
/** What is done at once is small: it must not hold a whole day's rest while it runs. */
const AT_ONCE_USD = 1;

const Spent = z
  .tuple([z.object({ runs: z.coerce.number(), own: z.coerce.number(), all: z.coerce.number() })])
  .transform(([row]) => row);

/**
 * What this job may spend. A run that is under way counts with all it may spend, so that runs that begin together cannot overdraw
 * together: whoever asks holds the books until its transaction ends.
 */
export async function allowance(
  transaction: Transaction,
  budgets: Budgets,
  { id, job }: { readonly id: string; readonly job: AppJob },
): Promise<Allowance> {
  const { perRunUsd, perInstallationAndDayUsd, perDayUsd, runsPerInstallationAndDay } = budgets;
  // A process that helps spends a part of what the run it helps may spend.
  if (job.helps !== undefined) return budgetOf(transaction, job.helps.runId);
  if (!isPaid(job)) return {};
  await transaction.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const spent = Spent.parse(
    await transaction.query(
      `SELECT count(*) FILTER (WHERE installation = $2 AND queue = $4) AS runs,
         COALESCE(sum(spent) FILTER (WHERE installation = $2), 0) AS own, COALESCE(sum(spent), 0) AS all
       FROM (
         SELECT installation, queue,
           CASE WHEN status = 'running' THEN GREATEST(cost_usd, COALESCE(budget_usd, 0)) ELSE cost_usd END AS spent
         FROM parallel_review.job
         WHERE started_ms >= $1 AND id <> $3 AND status <> 'refused' AND helps IS NULL
       ) AS today`,
      [today, job.installation, id, RUNS],
    ),
  );
  const isRun = !isAtOnce(job);
  const isFull = isRun && runsPerInstallationAndDay !== undefined && spent.runs >= runsPerInstallationAndDay;
  if (isFull) return { overBudget: `this installation's ${runsPerInstallationAndDay} runs of today are used up` };
  const ownRest = (perInstallationAndDayUsd ?? Infinity) - spent.own;
  if (ownRest <= 0)
    return { overBudget: `this installation's budget of ${dollars(perInstallationAndDayUsd)} a day is used up` };
  const allRest = (perDayUsd ?? Infinity) - spent.all;
  if (allRest <= 0) return { overBudget: "the App's budget for today is used up" };
  const rest = Math.min(perRunUsd ?? Infinity, ownRest, allRest, isRun ? Infinity : AT_ONCE_USD);
  return rest === Infinity ? {} : { budgetUsd: rest };
}

async function budgetOf(transaction: Transaction, runId: string): Promise<Allowance> {
  const rows = await transaction.query("SELECT budget_usd FROM parallel_review.job WHERE id = $1", [runId]);
  const [row] = z.array(z.object({ budget_usd: z.coerce.number().nullable() })).parse(rows);
  return row === undefined || row.budget_usd === null ? {} : { budgetUsd: row.budget_usd };
}

function dollars(usd = 0): string {
  return `$${usd.toFixed(2)}`;
}
