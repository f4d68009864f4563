import { z } from "zod";

import type { AppJob } from "../../domain/app-job.ts";
import { RUN_STATUSES } from "../../domain/run-summary.ts";
import type { Row } from "./database.ts";
import { AT_ONCE, RUNS } from "./start-boss.ts";

/** Statuses of a job that has not ended. */
export const OPEN_STATUSES = ["queued", "waiting", "running"] as const;

const Whole = z.coerce.number().int();
const Json = z.string().transform((text): unknown => JSON.parse(text));
/** As it was submitted, by this version or an earlier one. */
export const StoredJob = Json.pipe(
  z.custom<AppJob>(
    (value) =>
      z.looseObject({ key: z.string(), trigger: z.looseObject({ kind: z.string() }) }).safeParse(value).success,
    "is no job",
  ),
);

export const JobRow = z.object({
  id: z.coerce.string(),
  job: StoredJob,
  queue: z.enum([RUNS, AT_ONCE]),
  /** Null until it has its place in line. */
  queue_id: z.string().nullable(),
  turn: Whole.nullable(),
  status: z.enum(RUN_STATUSES),
  reason: z.string().nullable(),
  attempts: Whole,
  lease: Whole,
  stop_kind: z.enum(["stop-command", "newer-head"]).nullable(),
  stop_text: z.string().nullable(),
  ended_ms: Whole.nullable(),
});
export type JobRow = z.infer<typeof JobRow>;

export function jobRows(rows: readonly Row[]): readonly JobRow[] {
  return z.array(JobRow).parse(rows);
}

export function firstJob(rows: readonly Row[]): JobRow | undefined {
  return jobRows(rows)[0];
}
