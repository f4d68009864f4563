import type { AppJob } from "../../src/domain/app-job.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Subtask } from "../../src/domain/subtask.ts";
import type { Attempt, Carry, JobEnd, JobQueue } from "../../src/ports/job-queue.ts";
import type { ArchivedRun, RunArchive } from "../../src/ports/run-archive.ts";
import { aSubtask, anOutcome } from "./builders.ts";
import { memoryApp } from "./memory-app.ts";
import { SAMPLE_PLAN, SAMPLE_REPORT } from "./sample-report.ts";
import { aTurn, ENTRY_HEADER } from "./transcript-entries.ts";

/** 2026-11-22 12:00 UTC. */
export const SCENE_MS = Date.UTC(2026, 10, 22, 12);

/** How a job of the scene goes. */
export type Course = (run: ArchivedRun, signal: AbortSignal) => Promise<JobEnd>;

export type Scene = AsyncDisposable & {
  readonly queue: JobQueue;
  readonly archive: RunArchive;
  /** Submits a job that takes that course, and waits until it has begun; its id. */
  add(job: Partial<AppJob>, course: Course): Promise<string>;
  /** Waits until a run is in that state. */
  reaches(id: string, status: string): Promise<void>;
};

/** Queue and archive in memory with a worker whose jobs do what the test says. */
export async function pageScene(now: () => number = () => SCENE_MS): Promise<Scene> {
  const { queue, archive: memory } = memoryApp(now);
  // The one in memory waits to the end whatever its signal says.
  const archive: RunArchive = {
    ...memory,
    changes: (since, waitMs, signal) => memory.changes(since, Math.min(waitMs, 20), signal),
  };
  const courses = new Map<string, Course>();
  const never = new AbortController();
  const carry: Carry = async (job: AppJob, attempt: Attempt, signal: AbortSignal) => {
    const course = courses.get(job.key);
    if (course === undefined) return { kind: "failed", reason: "no course was given" };
    await using run = await archive.open(job, attempt, { mask: (text) => text, clean: (text) => text });
    return await course(run, signal);
  };
  const worker = await queue.work({ concurrency: 8, graceMs: 0 }, carry);
  let count = 0;
  const reaches = async (id: string, status: string): Promise<void> => {
    const record = await archive.read(id, never.signal);
    if (record?.summary.status === status) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return reaches(id, status);
  };
  return {
    queue,
    archive,
    reaches,
    async add(over, course) {
      count += 1;
      const key = `key-${count}`;
      const begun = Promise.withResolvers<void>();
      courses.set(key, async (run, signal) => {
        begun.resolve();
        return course(run, signal);
      });
      await queue.submit({ ...aJob(count), ...over, key }, never.signal);
      await begun.promise;
      return String(count);
    },
    async [Symbol.asyncDispose]() {
      const running = await archive.list({ limit: 1_000, status: "running" }, never.signal);
      for (const { id } of running) await queue.stop({ id }, "the test is over", never.signal);
      await worker[Symbol.asyncDispose]();
    },
  };
}

function aJob(number: number): AppJob {
  return {
    key: "",
    installation: 1,
    repository: "acme/shop",
    repositoryId: 101,
    pullRequest: 100 + number,
    head: "a".repeat(40),
    kind: "command",
    trigger: {
      kind: "comment",
      pullRequest: 100 + number,
      commentId: number,
      commenter: { login: "mona" },
      command: { verb: "review", options: {} },
      run: `comment-${number}`,
    },
    delivery: `delivery-${number}`,
    receivedMs: SCENE_MS - 120_000,
  };
}

/** Plans, works for the time that the sample took and reports `report`. */
export function reviewed(report: Report = SAMPLE_REPORT, startMs = SCENE_MS - 90_000): Course {
  return async (run) => {
    run.append(ENTRY_HEADER);
    run.progress({ kind: "plan-ready", plan: SAMPLE_PLAN });
    for (const [index, subtask] of SAMPLE_PLAN.subtasks.entries()) {
      const told = report.subtasks[index];
      run.progress({ kind: "subtask-start", subtask });
      run.append(aTurn({ asker: subtask.id, costUsd: 0.031, answer: toolTurn(subtask) }));
      run.append(aTurn({ asker: subtask.id, turn: 2, costUsd: 0 }));
      const times = { startedMs: startMs + (told?.startedMs ?? 0), endedMs: startMs + (told?.endedMs ?? 1_000) };
      const outcome = anOutcome({ subtaskId: subtask.id, ...times, turns: 2, costUsd: 0.031 });
      run.progress({
        kind: "subtask-end",
        subtask,
        outcome:
          told?.status === "failed"
            ? { ...outcome, end: "failed", error: new Error(told.error ?? "it broke") }
            : outcome,
      });
    }
    run.progress({ kind: "degradation", message: "The token may not write check runs: no annotations." });
    run.saveReport(report);
    return { kind: "done" };
  };
}

/** Plans and works on the first subtasks until somebody stops it. */
export function stuck(): Course {
  return async (run, signal) => {
    run.progress({ kind: "plan-ready", plan: SAMPLE_PLAN });
    const [first, ...rest] = SAMPLE_PLAN.subtasks;
    const subtask = first ?? aSubtask();
    run.progress({ kind: "subtask-start", subtask });
    for (const other of rest.slice(0, 2)) run.progress({ kind: "subtask-start", subtask: other });
    run.progress({
      kind: "subtask-end",
      subtask,
      outcome: anOutcome({ startedMs: SCENE_MS - 20_000, endedMs: SCENE_MS - 4_000, turns: 3 }),
    });
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    return { kind: "stopped", reason: signal.reason instanceof Error ? signal.reason.message : "stopped" };
  };
}

function toolTurn({ files }: Subtask): NonNullable<ReturnType<typeof aTurn>["answer"]> {
  const input = { path: files[0]?.path ?? "src/orders.ts", startLine: 1, endLine: 120 };
  return {
    text: "I read the file first, then who calls it.",
    calls: [{ id: "call-1", name: "Read", input }],
    stop: "tools",
    replay: undefined,
  };
}
