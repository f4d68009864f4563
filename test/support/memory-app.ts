import { type AppJob, describeJob, isAtOnce, laneOf } from "../../src/domain/app-job.ts";
import { mapStrings } from "../../src/domain/map-strings.ts";
import type { Report } from "../../src/domain/report.ts";
import { progressCount, runProgress, type RunStep, stepOf } from "../../src/domain/run-progress.ts";
import type { RunStatus, RunSummary } from "../../src/domain/run-summary.ts";
import { stopReason } from "../../src/domain/stop.ts";
import type { Carry, DeadLetter, JobEnd, JobQueue, ScheduledJob, WorkOptions } from "../../src/ports/job-queue.ts";
import type { RunArchive } from "../../src/ports/run-archive.ts";
import type { TranscriptEntry } from "../../src/ports/run-store.ts";
import { severitiesOf } from "./severities-of.ts";

const MAX_ATTEMPTS = 3;

type Row = {
  readonly id: string;
  readonly job: AppJob;
  status: RunStatus;
  attempts: number;
  reason?: string;
  /** The one that its run was about. */
  head?: string;
  startedMs?: number;
  endedMs?: number;
  report?: Report;
  stop?: AbortController;
  version: number;
  /** What the entries of another job cost. */
  takenUsd?: number;
  readonly steps: RunStep[];
  readonly entries: TranscriptEntry[];
};

/** Queue and archive in memory: what the ports say, without a database, crashes or pauses between tries. For tests of what uses them. */
export function memoryApp(now: () => number = Date.now): {
  readonly queue: JobQueue;
  readonly archive: RunArchive;
  readonly schedules: ReadonlyMap<number, readonly ScheduledJob[]>;
} {
  const rows: Row[] = [];
  const schedules = new Map<number, readonly ScheduledJob[]>();
  let version = 0;
  let onChange = Promise.withResolvers<void>();
  const change = (row: Row, fields: Partial<Row>): void => {
    version += 1;
    Object.assign(row, fields, { version });
    onChange.resolve();
    onChange = Promise.withResolvers();
  };
  const byId = (id: string): Row | undefined => rows.find((row) => row.id === id);

  let newestHead: WorkOptions["headOf"];
  const stopUnlessNewest = async ({ job, head = job.head, stop }: Row): Promise<void> => {
    const newest = await newestHead?.(job, AbortSignal.timeout(10_000)).catch(() => undefined);
    if (newest === undefined || newest !== head) stop?.abort(stopReason("newer-head", "a newer commit was pushed"));
  };

  const queue: JobQueue = {
    async submit(job) {
      if (rows.some((row) => row.job.key === job.key || row.job.delivery === job.delivery)) return "duplicate";
      for (const row of rows) {
        const isOlder = row.job.kind === "pull-request" && laneOf(row.job) === laneOf(job);
        if (job.kind !== "pull-request" || !isOlder) continue;
        if (row.status === "queued") change(row, { status: "superseded", endedMs: now() });
        if (row.job.head !== job.head) void stopUnlessNewest(row);
      }
      const row: Row = {
        id: String(rows.length + 1),
        job,
        status: "queued",
        attempts: 0,
        version,
        steps: [],
        entries: [],
      };
      rows.push(row);
      change(row, {});
      return "queued";
    },
    seen: async (delivery) => rows.some((row) => row.job.delivery === delivery),
    async work({ concurrency, headOf }, carry) {
      const state = { isStopping: false };
      newestHead = headOf;
      const worker = async (): Promise<void> => {
        while (!state.isStopping) {
          const row = nextOf(rows);
          const changed = onChange.promise;
          if (row === undefined) await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 20))]);
          else await carryRow(row, carry, change, now);
        }
      };
      const workers = Array.from({ length: concurrency }, worker);
      return {
        async [Symbol.asyncDispose]() {
          state.isStopping = true;
          await Promise.all(workers);
        },
      };
    },
    async stop(target, reason) {
      const met = rows.filter(({ id, job, status }) => {
        const isMeant =
          "id" in target
            ? id === target.id
            : job.repositoryId === target.repositoryId && job.pullRequest === target.pullRequest;
        return isMeant && !isAtOnce(job) && (status === "queued" || status === "waiting" || status === "running");
      });
      for (const row of met) {
        if (row.status === "running") row.stop?.abort(stopReason("stop-command", reason));
        else change(row, { status: "stopped", reason, endedMs: now() });
      }
      return met.length;
    },
    async retry(id) {
      const row = byId(id);
      if (row === undefined || row.endedMs === undefined) return false;
      delete row.endedMs;
      change(row, { status: "queued", attempts: 0 });
      return true;
    },
    deadLetters: async () =>
      rows
        .filter(({ status }) => status === "failed")
        .map(({ id, job, reason, attempts, endedMs }): DeadLetter => {
          return { id, job, reason: reason ?? "", attempts, diedMs: endedMs ?? 0 };
        })
        .toReversed(),
    async replay(id, signal) {
      return byId(id)?.status === "failed" && queue.retry(id, signal);
    },
    async counts() {
      const count = (status: RunStatus): number => rows.filter((row) => row.status === status).length;
      const waiting = rows.filter(({ status }) => status === "queued").map(({ job }) => now() - job.receivedMs);
      const oldestWaitMs = Math.max(0, ...waiting);
      return { queued: count("queued"), running: count("running"), dead: count("failed"), oldestWaitMs };
    },
    async repositories() {
      const known = rows.map(({ job: { installation, repository, repositoryId } }) => {
        return { installation, repository, repositoryId };
      });
      return [...new Map(known.map((each) => [each.repositoryId, each])).values()];
    },
    async setSchedules(repositoryId, wanted) {
      schedules.set(repositoryId, wanted);
    },
  };

  const archive: RunArchive = {
    async open(job, { runId }, { mask, clean }) {
      const row = byId(runId);
      if (row === undefined) throw new Error(`no such run: ${runId}`);
      return {
        earlier: [...row.entries],
        lost: new AbortController().signal,
        append(entry) {
          row.entries.push(mapStrings(entry, mask));
          change(row, entry.kind === "run" ? { head: entry.head } : {});
        },
        async elsewhere(run) {
          const isOfPull = (other: Row): boolean => other !== row && laneOf(other.job) === laneOf(job);
          const same = rows.filter((other) => isOfPull(other) && other.entries.some((entry) => isRun(entry, run)));
          const last = same.at(-1);
          if (last === undefined) return undefined;
          return {
            isDone: same.some(({ status }) => status === "done"),
            entries: async () => [...last.entries],
            take() {
              row.entries.push(...last.entries);
              row.takenUsd = paidFor(last.entries);
            },
          };
        },
        saveReport: (report) => change(row, { report: mapStrings(report, clean) }),
        progress(event) {
          const step = stepOf(event, now());
          if (step === undefined) return;
          row.steps.push(mapStrings(step, clean));
          change(row, {});
        },
        restart() {
          row.entries.splice(0);
          row.takenUsd = 0;
        },
        settled: async () => undefined,
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
    async list({ repositoryIds, repository, pullRequest, kind, status, fromMs, untilMs, limit, before }) {
      return rows
        .filter(({ id, job, ...row }) => {
          if (before !== undefined && Number(id) >= Number(before)) return false;
          if (repositoryIds !== undefined && !repositoryIds.includes(job.repositoryId)) return false;
          if (repository !== undefined && job.repository !== repository) return false;
          if (job.receivedMs < (fromMs ?? 0) || job.receivedMs >= (untilMs ?? Infinity)) return false;
          if (pullRequest !== undefined && job.pullRequest !== pullRequest) return false;
          return (kind === undefined || job.kind === kind) && (status === undefined || row.status === status);
        })
        .toReversed()
        .slice(0, limit)
        .map(summaryOf);
    },
    async read(id) {
      const row = byId(id);
      if (row === undefined) return undefined;
      const askers = [...new Set(row.entries.flatMap((entry) => ("asker" in entry ? [entry.asker] : [])))];
      const { report } = row;
      return {
        summary: summaryOf(row),
        ...runProgress(row.steps),
        askers,
        ...(report === undefined ? {} : { report }),
      };
    },
    transcript: async (id, asker) =>
      byId(id)?.entries.filter((entry) => "asker" in entry && entry.asker === asker) ?? [],
    async costs({ sinceMs, repositoryIds }) {
      const meant = rows.filter(
        ({ job }) => job.receivedMs >= sinceMs && repositoryIds?.includes(job.repositoryId) !== false,
      );
      const days = Map.groupBy(
        meant,
        ({ job }) => `${job.repositoryId} ${new Date(job.receivedMs).toISOString().slice(0, 10)}`,
      );
      return [...days].flatMap(([key, [first, ...rest]]) => {
        if (first === undefined) return [];
        const { repository, repositoryId, installation } = first.job;
        const costUsd = [first, ...rest].reduce((sum, row) => sum + costOf(row), 0);
        const day = key.split(" ")[1] ?? "";
        return [{ repository, repositoryId, installation, day, runs: rest.length + 1, costUsd }];
      });
    },
    async changes(since, waitMs) {
      if (version <= since) {
        await Promise.race([onChange.promise, new Promise((resolve) => setTimeout(resolve, waitMs))]);
      }
      return { version, runIds: rows.filter((row) => row.version > since).map(({ id }) => id) };
    },
  };
  return { queue, archive, schedules };
}

function isRun(entry: TranscriptEntry, name: string): boolean {
  return entry.kind === "run" && entry.request.run === name;
}

function nextOf(rows: readonly Row[]): Row | undefined {
  const busy = new Set(rows.filter(({ status }) => status === "running").map(({ job }) => laneOf(job)));
  const waiting = rows.filter(
    ({ status, job }) => (status === "queued" || status === "waiting") && !busy.has(laneOf(job)),
  );
  return waiting[0];
}

async function carryRow(
  row: Row,
  carry: Carry,
  change: (row: Row, fields: Partial<Row>) => void,
  now: () => number,
): Promise<void> {
  const stop = new AbortController();
  const number = row.attempts + 1;
  change(row, { status: "running", attempts: number, startedMs: row.startedMs ?? now(), stop });
  const givesUp = number > MAX_ATTEMPTS;
  const lastError = row.reason === undefined ? {} : { lastError: row.reason };
  const end = await carry(row.job, { runId: row.id, lease: number, number, givesUp, ...lastError }, stop.signal).catch(
    (error: unknown): JobEnd => ({ kind: "retry", reason: error instanceof Error ? error.message : String(error) }),
  );
  delete row.stop;
  const reason = end.kind === "done" ? {} : { reason: end.reason };
  if (end.kind === "retry" && !givesUp) change(row, { status: "waiting", ...reason });
  else change(row, { status: end.kind === "retry" ? "failed" : end.kind, endedMs: now(), ...reason });
}

function summaryOf(row: Row): RunSummary {
  const { id, job, status, attempts, reason, startedMs, endedMs, report } = row;
  const subtasks = progressCount(runProgress(row.steps));
  const { trigger: _, delivery: __, ...facts } = job;
  return {
    ...facts,
    ...describeJob(job),
    id,
    status,
    attempts,
    costUsd: costOf(row),
    ...(reason === undefined ? {} : { reason }),
    ...(startedMs === undefined ? {} : { startedMs }),
    ...(endedMs === undefined ? {} : { endedMs }),
    ...(subtasks === undefined ? {} : { subtasks }),
    ...(report === undefined ? {} : { findings: severitiesOf(report), conclusion: report.conclusion }),
  };
}

function costOf({ entries, takenUsd = 0 }: Row): number {
  return paidFor(entries) - takenUsd;
}

function paidFor(entries: readonly TranscriptEntry[]): number {
  return entries.reduce((sum, entry) => sum + ("asker" in entry ? entry.costUsd : 0), 0);
}
