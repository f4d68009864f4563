import { setTimeout as pause } from "node:timers/promises";

import { z } from "zod";

import type { AppJob } from "../../domain/app-job.ts";
import { runProgress, type RunStep } from "../../domain/run-progress.ts";
import type { Changes, DayCost, RunArchive } from "../../ports/run-archive.ts";
import type { TranscriptEntry } from "../../ports/run-store.ts";
import { archivedRun, type FoundElsewhere, StoredEntry, StoredStep } from "./archived-run.ts";
import type { Database, Row } from "./database.ts";
import type { Notices } from "./notices.ts";
import { reportIn, SUMMARY_COLUMNS, summaries } from "./run-rows.ts";
import { shareRun } from "./share-run.ts";
import { wholeNumber } from "./stop-jobs.ts";

/** Changes come in bursts; a page need not be told of each. */
const GATHER_MS = 100;
const CHANGED_AT_ONCE = 500;
/** Runs of one pull request that are looked through for one of a certain name. */
const HEADERS = 100;

const Json = z.string().transform((text): unknown => JSON.parse(text));
const Entries = z.array(z.object({ entry: Json.pipe(StoredEntry) }));
const Headers = z.array(z.object({ id: z.coerce.string(), status: z.string(), entry: Json.pipe(StoredEntry) }));
const Steps = z.array(z.object({ step: Json.pipe(StoredStep) }));
const Askers = z.array(z.object({ asker: z.string() }));
const Costs = z.array(
  z.object({
    repository: z.string(),
    repositoryId: z.coerce.number(),
    installation: z.coerce.number(),
    day: z.string(),
    runs: z.coerce.number(),
    costUsd: z.coerce.number(),
  }),
);
const Changed = z.array(z.object({ id: z.coerce.string() }));
const Horizon = z.tuple([z.object({ version: z.coerce.number() })]).transform(([row]) => row.version);

/** The archive in the App's database. */
export function openArchive(
  database: Database,
  notices: Notices,
  submit: (job: AppJob) => Promise<unknown>,
  onProblem: (problem: string) => void,
): RunArchive {
  return {
    async open(job, attempt, cleaning) {
      const run = job.helps?.runId ?? attempt.runId;
      // Of a job's first try there is nothing to be found.
      const isFirst = attempt.lease === 1 && job.helps === undefined;
      const [earlier, earlierSteps] = isFirst
        ? [[], []]
        : await Promise.all([entriesOf(database, "job = $1", [run]), stepsOf(database, wholeNumber(attempt.runId))]);
      const kept = archivedRun({
        database,
        run,
        attempt,
        cleaning,
        earlier,
        elsewhere: (name) => runElsewhere(database, job, attempt.runId, name),
        earlierSteps,
        onProblem,
      });
      if (database.isEmbedded) return kept;
      const settled = (): Promise<void> => kept.settled();
      const shared = shareRun({ database, notices, job, attempt, settled, submit });
      return {
        ...kept,
        settled,
        shared,
        lost: AbortSignal.any([kept.lost, shared.over]),
        async [Symbol.asyncDispose]() {
          await shared[Symbol.asyncDispose]();
          await kept[Symbol.asyncDispose]();
        },
      };
    },
    async list({ repositoryIds, repository, pullRequest, kind, status, fromMs, untilMs, limit, before }) {
      return summaries(
        await database.query(
          `SELECT ${SUMMARY_COLUMNS} FROM parallel_review.job
           WHERE helps IS NULL AND ($1::bigint[] IS NULL OR repository_id = ANY($1)) AND ($2::text IS NULL OR repository = $2)
             AND ($3::integer IS NULL OR pull_request = $3) AND ($4::text IS NULL OR kind = $4)
             AND ($5::text IS NULL OR status = $5) AND ($6::bigint IS NULL OR id < $6)
             AND ($7::bigint IS NULL OR received_ms >= $7) AND ($8::bigint IS NULL OR received_ms < $8)
           ORDER BY id DESC LIMIT $9`,
          [
            repositoryIds ?? null,
            repository ?? null,
            pullRequest ?? null,
            kind ?? null,
            status ?? null,
            before === undefined ? null : wholeNumber(before),
            fromMs ?? null,
            untilMs ?? null,
            limit,
          ],
        ),
      );
    },
    async read(id) {
      const job = wholeNumber(id);
      const rows = await database.query(`SELECT ${SUMMARY_COLUMNS}, report FROM parallel_review.job WHERE id = $1`, [
        job,
      ]);
      const [summary] = summaries(rows);
      if (summary === undefined) return undefined;
      const asked = await database.query(
        `SELECT asker FROM parallel_review.entry WHERE job = $1 AND asker IS NOT NULL GROUP BY asker ORDER BY min(seq)`,
        [job],
      );
      const report = reportIn(rows[0]);
      return {
        summary,
        ...runProgress(await stepsOf(database, job)),
        askers: Askers.parse(asked).map(({ asker }) => asker),
        ...(report === undefined ? {} : { report }),
      };
    },
    transcript: (id, asker) => entriesOf(database, "job = $1 AND asker = $2", [wholeNumber(id), asker]),
    costs: ({ sinceMs, repositoryIds }) => costsOf(database, sinceMs, repositoryIds),
    async changes(since, waitMs, signal) {
      let noticed = Promise.withResolvers<void>();
      using _ = notices.on((notice) => {
        if (notice === "" || notice.startsWith("job ")) noticed.resolve();
      });
      const untilMs = Date.now() + waitMs;
      for (;;) {
        noticed = Promise.withResolvers();
        // oxlint-disable-next-line no-await-in-loop -- looked at again after each notice
        const now = await changedSince(database, since);
        const leftMs = untilMs - Date.now();
        if (now.runIds.length > 0 || leftMs <= 0) return now;
        const over = new AbortController();
        const either = AbortSignal.any([signal, over.signal]);
        // oxlint-disable-next-line no-await-in-loop
        await Promise.race([noticed.promise, pause(leftMs, undefined, { signal: either }).catch(() => undefined)]);
        over.abort();
        signal.throwIfAborted();
        // oxlint-disable-next-line no-await-in-loop
        await pause(Math.min(GATHER_MS, leftMs), undefined, { signal });
      }
    },
  };
}

/** What other jobs of this job's pull request left of the run of that name, going by the headers of what they kept. */
async function runElsewhere(
  database: Database,
  { repositoryId, pullRequest }: AppJob,
  own: string,
  name: string,
): Promise<FoundElsewhere | undefined> {
  if (pullRequest === undefined) return undefined;
  const headers = Headers.parse(
    await database.query(
      `SELECT job.id, job.status, entry FROM parallel_review.job JOIN parallel_review.entry ON entry.job = job.id AND entry.kind = 'run'
       WHERE repository_id = $1 AND pull_request = $2 AND job.id <> $3 AND helps IS NULL ORDER BY seq DESC LIMIT ${HEADERS}`,
      [repositoryId, pullRequest, own],
    ),
  );
  const same = headers.filter(({ entry }) => entry.kind === "run" && entry.request.run === name);
  const [last] = same;
  if (last === undefined) return undefined;
  return {
    id: last.id,
    isDone: same.some(({ status }) => status === "done"),
    entries: () => entriesOf(database, "job = $1", [last.id]),
  };
}

async function entriesOf(
  database: Database,
  where: string,
  values: readonly unknown[],
): Promise<readonly TranscriptEntry[]> {
  const rows = await database.query(`SELECT entry FROM parallel_review.entry WHERE ${where} ORDER BY seq`, values);
  return Entries.parse(rows).map(({ entry }) => entry);
}

async function stepsOf(database: Database, job: number): Promise<readonly RunStep[]> {
  const rows: readonly Row[] = await database.query(
    "SELECT step FROM parallel_review.step WHERE job = $1 ORDER BY seq",
    [job],
  );
  return Steps.parse(rows).map(({ step }) => step);
}

async function costsOf(
  database: Database,
  sinceMs: number,
  repositoryIds: readonly number[] | undefined,
): Promise<readonly DayCost[]> {
  return Costs.parse(
    await database.query(
      `SELECT max(repository) AS repository, repository_id AS "repositoryId", max(installation) AS installation,
         to_char(to_timestamp(received_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
         count(*) AS runs, sum(cost_usd) AS "costUsd"
       FROM parallel_review.job
       WHERE helps IS NULL AND received_ms >= $1 AND ($2::bigint[] IS NULL OR repository_id = ANY($2))
       GROUP BY repository_id, day ORDER BY day DESC, "costUsd" DESC, repository_id`,
      [sinceMs, repositoryIds ?? null],
    ),
  );
}

/**
 * A row's version is the transaction that wrote it. The horizon is the oldest transaction that may still be under way: what comes next is
 * asked for from there, so that nothing is missed whatever commits first.
 */
async function changedSince(database: Database, since: number): Promise<Changes> {
  const version = Horizon.parse(
    await database.query("SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS version"),
  );
  const rows = await database.query(
    `SELECT id FROM parallel_review.job WHERE version >= $1::text::xid8 ORDER BY version DESC LIMIT ${CHANGED_AT_ONCE}`,
    [String(since)],
  );
  return { version, runIds: Changed.parse(rows).map(({ id }) => id) };
}
