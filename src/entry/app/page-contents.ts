import { isSensitive, withoutSensitive } from "../../domain/withhold-sensitive.ts";
import type { JobQueue } from "../../ports/job-queue.ts";
import type { RunArchive, RunRecord } from "../../ports/run-archive.ts";
import { costsPage } from "../../render/app/costs-page.ts";
import { deadLettersPage } from "../../render/app/dead-letters-page.ts";
import type { Markup } from "../../render/app/markup.ts";
import { runPage } from "../../render/app/run-page.ts";
import { runsPage } from "../../render/app/runs-page.ts";
import { transcriptPage } from "../../render/app/transcript-page.ts";
import { mayAct, maySee, seen, type Viewer } from "./page-gate.ts";
import { lastDays, runsAddress, type RunsQuery } from "./page-query.ts";
import { deadLineOf, turnsOf } from "./page-views.ts";

export type ContentParts = {
  readonly archive: RunArchive;
  readonly queue: JobQueue;
  readonly now: () => number;
  /** `https://github.com` without a slash at the end. */
  readonly serverUrl: string;
};

/** What pages say, for one viewer: what they may not see is as if it were not there. */
export type PageContents = {
  /** The record of that run; undefined when there is none for this viewer. */
  record(id: string, viewer: Viewer, signal: AbortSignal): Promise<RunRecord | undefined>;
  runs(query: RunsQuery, viewer: Viewer, signal: AbortSignal): Promise<Markup>;
  /** @param told what the viewer has just asked for */
  run(record: RunRecord, viewer: Viewer, told: string | undefined): Markup;
  transcript(record: RunRecord, asker: string, signal: AbortSignal): Promise<Markup>;
  costs(days: number, viewer: Viewer, signal: AbortSignal): Promise<Markup>;
  letters(viewer: Viewer, signal: AbortSignal): Promise<Markup>;
};

const PER_PAGE = 50;
const DAY_MS = 86_400_000;

export function pageContents({ archive, queue, now, serverUrl }: ContentParts): PageContents {
  return {
    async record(id, viewer, signal) {
      const record = /^\d{1,15}$/.test(id) ? await archive.read(id, signal) : undefined;
      if (record === undefined || !maySee(viewer, record.summary.repositoryId)) return undefined;
      return mayAct(viewer, record.summary.repositoryId) ? record : forReaders(record);
    },

    async runs({ shown, filter, before }, viewer, signal) {
      const from = before === undefined ? {} : { before };
      const found = await archive.list({ ...filter, ...seen(viewer), ...from, limit: PER_PAGE + 1 }, signal);
      const runs = found.slice(0, PER_PAGE);
      const last = runs.at(-1);
      return runsPage({
        filter: shown,
        runs,
        ...(found.length > PER_PAGE && last !== undefined ? { older: runsAddress(shown, last.id) } : {}),
        ...(before === undefined ? {} : { newest: runsAddress(shown) }),
        nowMs: now(),
      });
    },

    run({ summary, ...record }, viewer, told) {
      return runPage({
        ...record,
        run: summary,
        mayAct: mayAct(viewer, summary.repositoryId),
        isToldToStop: told === "stop",
        csrf: viewer.csrf,
        serverUrl,
        nowMs: now(),
      });
    },

    async transcript({ summary, subtasks }, asker, signal) {
      const turns = turnsOf(await archive.transcript(summary.id, asker, signal));
      const description = subtasks.find(({ id }) => id === asker)?.description;
      return transcriptPage({ run: summary, asker, description, turns });
    },

    async costs(days, viewer, signal) {
      const nowMs = now();
      const sinceMs = Math.floor(nowMs / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;
      const lines = await archive.costs({ sinceMs, ...seen(viewer) }, signal);
      return costsPage({ days, range: lastDays(days, nowMs), lines });
    },

    async letters(viewer, signal) {
      const letters = (await queue.deadLetters(signal)).filter(({ job }) => maySee(viewer, job.repositoryId));
      return deadLettersPage(
        letters.map((letter) => deadLineOf(letter, mayAct(viewer, letter.job.repositoryId))),
        viewer.csrf,
      );
    },
  };
}

/** What an audit has found that attackers could use is for those who may mend it, as under code scanning; so is how it was found. */
function forReaders(record: RunRecord): RunRecord {
  const { report } = record;
  if (report?.audit === undefined || !isSensitive(report.audit.recipe)) return record;
  return { ...record, report: withoutSensitive({ ...report, audit: report.audit }).report, askers: [] };
}
