import { type AppJob, isAtOnce, laneOf } from "../../domain/app-job.ts";
import type { Statements } from "./database.ts";
import { AT_ONCE, RUNS } from "./start-boss.ts";

/**
 * Keeps a job, unless its delivery or its key is known. One statement, because whoever sent it waits for the answer; its place in line is
 * given to it later (`placeJobs`).
 */
export async function submitJob(database: Statements, job: AppJob): Promise<"queued" | "duplicate"> {
  const inserted = await database.query(
    `WITH delivered AS (
       INSERT INTO parallel_review.delivery VALUES ($1, $2::bigint) ON CONFLICT DO NOTHING RETURNING delivery
     )
     INSERT INTO parallel_review.job
       (key, lane, kind, installation, repository, repository_id, pull_request, head, job, queue, received_ms, helps)
     SELECT $3, $4, $5, $6::bigint, $7, $8::bigint, $9::integer, $10, $11, $12, $2::bigint, $13::bigint FROM delivered
     ON CONFLICT DO NOTHING RETURNING id`,
    [
      job.delivery,
      job.receivedMs,
      job.key,
      laneOf(job),
      job.kind,
      job.installation,
      job.repository,
      job.repositoryId,
      job.pullRequest ?? null,
      job.head ?? null,
      JSON.stringify(job),
      isAtOnce(job) ? AT_ONCE : RUNS,
      job.helps?.runId ?? null,
    ],
  );
  return inserted.length === 0 ? "duplicate" : "queued";
}
