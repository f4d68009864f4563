import { z } from "zod";

import { describeJob } from "../../domain/app-job.ts";
import { Report } from "../../domain/report.ts";
import type { RunSummary } from "../../domain/run-summary.ts";
import type { Row } from "./database.ts";
import { JobRow } from "./job-row.ts";

/** Everything but the long texts. */
export const SUMMARY_COLUMNS = `id, job, queue, queue_id, turn, status, reason, attempts, lease, stop_kind, stop_text, ended_ms,
  head, started_ms, cost_usd, subtasks_total, subtasks_ended, findings, conclusion`;

const Whole = z.coerce.number().int();
const Count = Whole.nonnegative();

const SummaryRow = JobRow.extend({
  head: z.string().nullable(),
  started_ms: Whole.nullable(),
  cost_usd: z.coerce.number(),
  subtasks_total: Whole.nullable(),
  subtasks_ended: Whole.nullable(),
  findings: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.object({ critical: Count, high: Count, medium: Count, low: Count }))
    .nullable(),
  conclusion: Report.shape.conclusion.nullable(),
});

export function summaries(rows: readonly Row[]): readonly RunSummary[] {
  return z.array(SummaryRow).parse(rows).map(summaryOf);
}

function summaryOf(row: z.infer<typeof SummaryRow>): RunSummary {
  const { key, kind, installation, repository, repositoryId, pullRequest, receivedMs } = row.job;
  const { id, status, attempts, reason, head, started_ms: startedMs, ended_ms: endedMs } = row;
  const { subtasks_total: total, subtasks_ended: ended, findings, conclusion, cost_usd: costUsd } = row;
  return {
    id,
    key,
    kind,
    installation,
    repository,
    repositoryId,
    ...(pullRequest === undefined ? {} : { pullRequest }),
    ...(head === null ? {} : { head }),
    ...describeJob(row.job),
    status,
    ...(reason === null ? {} : { reason }),
    attempts,
    receivedMs,
    ...(startedMs === null ? {} : { startedMs }),
    ...(endedMs === null ? {} : { endedMs }),
    ...(total === null || ended === null ? {} : { subtasks: { total, ended } }),
    ...(findings === null ? {} : { findings }),
    ...(conclusion === null ? {} : { conclusion }),
    costUsd,
  };
}

/** The report in a row that has one. */
export function reportIn(row: Row | undefined): Report | undefined {
  const text = row?.["report"];
  return typeof text === "string" ? Report.parse(JSON.parse(text)) : undefined;
}
