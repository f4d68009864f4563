import { setTimeout as pause } from "node:timers/promises";

import { z } from "zod";

import type { RunEvent } from "../../domain/event.ts";
import { isOpen } from "../../domain/finding.ts";
import { mapStrings } from "../../domain/map-strings.ts";
import type { Report } from "../../domain/report.ts";
import { progressCount, runProgress, type RunStep, stepOf } from "../../domain/run-progress.ts";
import { SEVERITIES } from "../../domain/severity.ts";
import { stopReason } from "../../domain/stop.ts";
import type { Attempt } from "../../ports/job-queue.ts";
import type { ArchivedRun, Cleaning, RunElsewhere } from "../../ports/run-archive.ts";
import type { TranscriptEntry } from "../../ports/run-store.ts";
import { type Database, notify, type Transaction } from "./database.ts";

/** Longest entry, in UTF-16 code units: an answer beyond it is left out, and asked for again by whoever goes on. */
const MAX_ENTRY = 2_000_000;
const RETRY_MS = 500;
/** After so many failures in a row the run goes on without being kept. */
const MAX_FAILURES = 20;

/** What has been given and is not yet in the database. */
type Batch = {
  restart: boolean;
  /** Another run, whose entries come first. */
  taken: string | undefined;
  entries: { readonly asker: string | null; readonly kind: string; readonly text: string }[];
  steps: string[];
  report: Report | undefined;
  head: string | undefined;
  costUsd: number;
};

export type ArchivedRunParts = {
  /** The run whose transcript this is; another one's for a try that helps. */
  readonly run: string;
  readonly database: Database;
  readonly attempt: Attempt;
  readonly cleaning: Cleaning;
  readonly earlier: readonly TranscriptEntry[];
  readonly elsewhere: (run: string) => Promise<FoundElsewhere | undefined>;
  readonly earlierSteps: readonly RunStep[];
  readonly onProblem: (problem: string) => void;
};

/** What another job left of a run, and which job that is. */
export type FoundElsewhere = Omit<RunElsewhere, "take"> & { readonly id: string };

/** Keeps one try: what is given is written in order, many things at once while the database is busy with those before. */
export function archivedRun(parts: ArchivedRunParts): ArchivedRun {
  const { attempt, cleaning, onProblem } = parts;
  const helps = parts.run !== attempt.runId;
  const lost = new AbortController();
  const steps = [...parts.earlierSteps];
  /** A transcript tells what every request cost. Of a run that keeps none, the subtasks' own sums are all there is. */
  let hasTranscript = parts.earlier.length > 0;
  let batch = emptyBatch();
  let writing = Promise.resolve();
  let isDue = false;
  let isKept = true;

  const write = async (): Promise<void> => {
    isDue = false;
    const full = batch;
    batch = emptyBatch();
    for (let failures = 1; isKept && !lost.signal.aborted; failures += 1) {
      try {
        const isOurs = await parts.database.transaction((transaction) => writeBatch(transaction, parts, full, steps));
        if (!isOurs) lost.abort(stopReason("moved", "the job has passed to another worker"));
        return;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        isKept = failures < MAX_FAILURES;
        if (!isKept) onProblem(`the run ${attempt.runId} is no longer kept: ${why}`);
        else await pause(RETRY_MS);
      }
    }
  };
  const give = (change: (open: Batch) => void): void => {
    change(batch);
    if (isDue) return;
    isDue = true;
    writing = writing.then(write);
  };

  return {
    earlier: parts.earlier,
    lost: lost.signal,
    append(entry) {
      hasTranscript = true;
      if (helps && !isOfSubtask(entry)) return;
      give((open) => {
        const { asker, costUsd } = factsOf(entry);
        open.entries.push({ asker, kind: entry.kind, text: entryText(entry, cleaning.mask) });
        open.costUsd += costUsd;
        if (entry.kind === "run") open.head = entry.head;
      });
    },
    saveReport(report) {
      if (helps) return;
      give((open) => {
        open.report = mapStrings(report, cleaning.clean);
      });
    },
    progress(event: RunEvent) {
      const step = stepOf(event, Date.now());
      if (step === undefined || helps) return;
      const clean = mapStrings(step, cleaning.clean);
      steps.push(clean);
      const unkeptUsd = event.kind === "subtask-end" && !hasTranscript ? event.outcome.costUsd : 0;
      give((open) => {
        open.steps.push(JSON.stringify(clean));
        open.costUsd += unkeptUsd;
      });
    },
    async elsewhere(name) {
      // A try that helps has the record of the run that it helps.
      const found = helps ? undefined : await parts.elsewhere(name);
      if (found === undefined) return undefined;
      const take = (): void => {
        hasTranscript = true;
        give((open) => {
          open.taken = found.id;
        });
      };
      return { ...found, take };
    },
    restart() {
      if (helps) throw new Error("the run that was to be helped is another one by now");
      give((open) => {
        open.restart = true;
        open.taken = undefined;
        open.entries = [];
      });
    },
    settled: () => writing,
    [Symbol.asyncDispose]: () => writing,
  };
}

function emptyBatch(): Batch {
  return { restart: false, taken: undefined, entries: [], steps: [], report: undefined, head: undefined, costUsd: 0 };
}

/** What a process that helps adds to the transcript of the one it helps. What was cut off there goes on here or elsewhere. */
function isOfSubtask(entry: TranscriptEntry): boolean {
  if (entry.kind === "outcome") return entry.outcome.end !== "cancelled";
  return entry.kind === "turn" || entry.kind === "failure";
}

function factsOf(entry: TranscriptEntry): { readonly asker: string | null; readonly costUsd: number } {
  if (entry.kind === "turn" || entry.kind === "failure") return { asker: entry.asker, costUsd: entry.costUsd };
  return { asker: entry.kind === "outcome" ? entry.outcome.subtaskId : null, costUsd: 0 };
}

function entryText(entry: TranscriptEntry, mask: (text: string) => string): string {
  const text = JSON.stringify(mapStrings(entry, mask));
  if (entry.kind !== "turn" || text.length <= MAX_ENTRY) return text;
  const { answer: _, ...rest } = entry;
  return JSON.stringify(mapStrings(rest, mask));
}

/** False when the try no longer holds the job: then nothing is written. */
async function writeBatch(
  transaction: Transaction,
  { run, attempt: { runId, lease } }: ArchivedRunParts,
  { restart, taken, entries, steps, report, head, costUsd }: Batch,
  allSteps: readonly RunStep[],
): Promise<boolean> {
  const count = progressCount(runProgress(allSteps));
  const held = await transaction.query(
    `UPDATE parallel_review.job
     SET cost_usd = cost_usd + $3, kept_usd = CASE WHEN $10 THEN 0 ELSE kept_usd END + $3, head = COALESCE($4, head), subtasks_total = COALESCE($5, subtasks_total),
       subtasks_ended = COALESCE($6, subtasks_ended), report = COALESCE($7, report), findings = COALESCE($8, findings),
       conclusion = COALESCE($9, conclusion), version = pg_current_xact_id()
     WHERE id = $1 AND lease = $2 AND status = 'running' RETURNING id`,
    [
      runId,
      lease,
      run === runId ? costUsd : 0,
      head ?? null,
      count?.total ?? null,
      count?.ended ?? null,
      report === undefined ? null : JSON.stringify(report),
      report === undefined ? null : JSON.stringify(severityCounts(report)),
      report?.conclusion ?? null,
      restart,
    ],
  );
  if (held.length === 0) return false;
  if (run !== runId) {
    await transaction.query(
      `UPDATE parallel_review.job SET cost_usd = cost_usd + $2, kept_usd = kept_usd + $2, version = pg_current_xact_id()
       WHERE id = $1`,
      [run, costUsd],
    );
  }
  if (restart) await beginAnew(transaction, run);
  if (taken !== undefined) {
    await transaction.query(
      `INSERT INTO parallel_review.entry (job, asker, kind, entry)
       SELECT $1, asker, kind, entry FROM parallel_review.entry WHERE job = $2 ORDER BY seq`,
      [run, taken],
    );
    // What may still be spent is less by it; what this job has cost is not more.
    await transaction.query(
      `UPDATE parallel_review.job SET kept_usd = job.kept_usd + other.kept_usd
       FROM parallel_review.job AS other WHERE job.id = $1 AND other.id = $2`,
      [run, taken],
    );
  }
  await transaction.query(
    `INSERT INTO parallel_review.entry (job, asker, kind, entry)
     SELECT $1, given.asker, given.kind, given.entry
     FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS given (asker, kind, entry, place)
     ORDER BY given.place`,
    [run, entries.map(({ asker }) => asker), entries.map(({ kind }) => kind), entries.map(({ text }) => text)],
  );
  await transaction.query(
    `INSERT INTO parallel_review.step (job, step)
     SELECT $1, given.step FROM unnest($2::text[]) WITH ORDINALITY AS given (step, place) ORDER BY given.place`,
    [runId, steps],
  );
  await notify(transaction, `job ${run}`);
  return true;
}

/** Whoever helps with what the run was before has nothing to add to what it is now. */
async function beginAnew(transaction: Transaction, run: string): Promise<void> {
  await transaction.query(
    `UPDATE parallel_review.job SET status = 'superseded', ended_ms = $2, version = pg_current_xact_id()
     WHERE helps = $1 AND status = 'running'`,
    [run, Date.now()],
  );
  for (const table of ["held_subtask", "held_money"]) {
    await transaction.query(`DELETE FROM parallel_review.${table} WHERE run = $1`, [run]);
  }
  await transaction.query("DELETE FROM parallel_review.entry WHERE job = $1", [run]);
}

function severityCounts({ findings }: Report): Record<string, number> {
  const open = findings.filter(isOpen);
  return Object.fromEntries(SEVERITIES.map((name) => [name, open.filter(({ severity }) => severity === name).length]));
}

/** What is read back of an entry or a step; this version or an earlier one wrote it. */
export const StoredEntry = z.custom<TranscriptEntry>(
  (value) => z.looseObject({ kind: z.string() }).safeParse(value).success,
  "is no entry of a transcript",
);
export const StoredStep = z.custom<RunStep>(
  (value) => z.looseObject({ kind: z.string() }).safeParse(value).success,
  "is no step of a run",
);
