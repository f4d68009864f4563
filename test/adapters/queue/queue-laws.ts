import { expect, it } from "vitest";

import type { AppJob } from "../../../src/domain/app-job.ts";
import type { RunStatus } from "../../../src/domain/run-summary.ts";
import { stopKindOf } from "../../../src/domain/stop.ts";
import type { Attempt, Carry, JobQueue } from "../../../src/ports/job-queue.ts";
import type { RunArchive } from "../../../src/ports/run-archive.ts";
import { commandJob, pushJob } from "../../support/app-builders.ts";
import { aTurn, ENTRY_HEADER } from "../../support/transcript-entries.ts";

export type OpenApp = () => Promise<{ readonly queue: JobQueue; readonly archive: RunArchive } & AsyncDisposable>;

const { signal } = new AbortController();
const OPTIONS = { concurrency: 4, graceMs: 0 };
const PLAIN = { mask: (text: string) => text, clean: (text: string) => text };

/** What every JobQueue and RunArchive must hold. */
export function queueLaws(open: OpenApp): void {
  it("carries out a job once, however often it is delivered", async () => {
    await using app = await open();
    const carried: string[] = [];
    await using _ = await app.queue.work(OPTIONS, async ({ key }) => {
      carried.push(key);
      return { kind: "done" };
    });
    const job = commandJob(1);

    expect(await app.queue.submit(job, signal)).toBe("queued");
    expect(await app.queue.submit(job, signal)).toBe("duplicate");
    await ended(app.archive, job);
    expect(await app.queue.submit({ ...job, delivery: "another" }, signal)).toBe("duplicate");
    expect(await app.queue.submit({ ...job, key: "another" }, signal)).toBe("duplicate");
    expect(await app.queue.seen(job.delivery, signal)).toBe(true);
    expect(await app.queue.seen("never", signal)).toBe(false);
    expect(carried).toEqual([job.key]);
  });

  it("runs one job of a pull request at a time, while a quick command gets through", async () => {
    await using app = await open();
    const busy = openCarry();
    await using _ = await app.queue.work(OPTIONS, busy.carry);
    const [first, second, help] = [commandJob(1), commandJob(2), commandJob(3, { verb: "help" })];
    await app.queue.submit(first, signal);
    await app.queue.submit(second, signal);
    await busy.started(first);
    await app.queue.submit(help, signal);
    await busy.started(help);

    expect(busy.running()).toEqual([first.key, help.key]);
    busy.end(first);
    await busy.started(second);
    busy.end(second);
    busy.end(help);
    await Promise.all([first, second, help].map((job) => ended(app.archive, job)));
  });

  it("lets the newest head win", async () => {
    await using app = await open();
    const busy = openCarry();
    const [first, second, third] = [pushJob("aaa"), pushJob("bbb"), pushJob("ccc")];
    await using _ = await app.queue.work(OPTIONS, busy.carry);
    await app.queue.submit(first, signal);
    await busy.started(first);
    await app.queue.submit(second, signal);
    await app.queue.submit(third, signal);
    await busy.started(third);
    busy.end(third);

    expect(await ended(app.archive, first)).toMatchObject({ status: "stopped", reason: "newer-head" });
    expect(await ended(app.archive, second)).toMatchObject({ status: "superseded", attempts: 0 });
    expect(await ended(app.archive, third)).toMatchObject({ status: "done", attempts: 1 });
  });

  it("stops no run for a push that is told of late, when GitHub says that its head is the newest", async () => {
    await using app = await open();
    const busy = openCarry();
    const [newest, late] = [pushJob("bbb"), pushJob("aaa")];
    const asked = Promise.withResolvers<AppJob>();
    const headOf = async (job: AppJob): Promise<string> => {
      asked.resolve(job);
      return "bbb";
    };
    await using _ = await app.queue.work({ ...OPTIONS, headOf }, busy.carry);
    await app.queue.submit(newest, signal);
    await busy.started(newest);
    await app.queue.submit(late, signal);
    expect(await asked.promise).toMatchObject({ key: newest.key });
    busy.end(newest);
    await busy.started(late);
    busy.end(late);

    expect(await ended(app.archive, newest)).toMatchObject({ status: "done" });
    expect(await ended(app.archive, late)).toMatchObject({ status: "done" });
  });

  it("stops a run for a push when GitHub does not say that its head is the newest", async () => {
    await using app = await open();
    const busy = openCarry();
    const [old, newer] = [pushJob("aaa"), pushJob("bbb")];
    const headOf = (): Promise<string> => Promise.reject(new Error("GitHub is away"));
    await using _ = await app.queue.work({ ...OPTIONS, headOf }, busy.carry);
    await app.queue.submit(old, signal);
    await busy.started(old);
    await app.queue.submit(newer, signal);

    expect(await ended(app.archive, old)).toMatchObject({ status: "stopped", reason: "newer-head" });
    await busy.started(newer);
    busy.end(newer);
    expect(await ended(app.archive, newer)).toMatchObject({ status: "done" });
  });

  it("knows what another job of the pull request left of a run, and goes on from it", async () => {
    await using app = await open();
    const [first, second, other] = [commandJob(1), commandJob(2), commandJob(3, { pullRequest: 8 })];
    const found: unknown[] = [];
    await using _ = await app.queue.work(OPTIONS, async (job, attempt) => {
      await using run = await app.archive.open(job, attempt, PLAIN);
      const before = await run.elsewhere("comment-1");
      found.push(before === undefined ? before : [before.isDone, (await before.entries()).length]);
      if (before === undefined) run.append({ ...ENTRY_HEADER, request: { ...ENTRY_HEADER.request, run: "comment-1" } });
      else before.take();
      run.append(aTurn({ costUsd: 1 }));
      return job.key === first.key ? { kind: "stopped", reason: "dev said so" } : { kind: "done" };
    });
    for (const job of [first, second, other]) {
      await app.queue.submit(job, signal);
      await ended(app.archive, job);
    }

    expect(found).toEqual([undefined, [false, 2], undefined]);
    const { id, costUsd } = await ended(app.archive, second);
    expect(await app.archive.transcript(id, aTurn({}).asker, signal)).toHaveLength(2);
    expect(costUsd).toBe(1);
  });

  it("stops what waits and what runs", async () => {
    await using app = await open();
    const busy = openCarry();
    await using _ = await app.queue.work(OPTIONS, busy.carry);
    const [first, second, other] = [commandJob(1), commandJob(2), commandJob(3, { pullRequest: 8 })];
    for (const job of [first, second, other]) await app.queue.submit(job, signal);
    await Promise.all([busy.started(first), busy.started(other)]);

    expect(await app.queue.stop({ repositoryId: 100, pullRequest: 7 }, "dev said so", signal)).toBe(2);
    expect(await ended(app.archive, first)).toMatchObject({ status: "stopped", reason: "stop-command" });
    expect(await ended(app.archive, second)).toMatchObject({ status: "stopped", reason: "dev said so", attempts: 0 });
    expect(busy.running()).toEqual([other.key]);
    busy.end(other);
    expect(await ended(app.archive, other)).toMatchObject({ status: "done" });
  });

  it("keeps what cannot be done as a dead letter, and does it when it is replayed", async () => {
    await using app = await open();
    let works = false;
    await using _ = await app.queue.work(OPTIONS, async () =>
      works ? { kind: "done" } : { kind: "failed", reason: "no key" },
    );
    const job = commandJob(1);
    await app.queue.submit(job, signal);
    const { id } = await ended(app.archive, job);

    expect(await app.queue.deadLetters(signal)).toMatchObject([{ id, job, reason: "no key", attempts: 1 }]);
    expect(await app.queue.counts(signal)).toMatchObject({ queued: 0, running: 0, dead: 1 });
    expect(await app.queue.replay("999999", signal)).toBe(false);
    works = true;
    expect(await app.queue.replay(id, signal)).toBe(true);
    expect(await ended(app.archive, job)).toMatchObject({ id, status: "done" });
    expect(await app.queue.deadLetters(signal)).toEqual([]);
    expect(await app.queue.replay(id, signal)).toBe(false);
    expect(await app.queue.retry(id, signal)).toBe(true);
  });

  it("goes on with what the try before had left", async () => {
    await using app = await open();
    const earlier: number[] = [];
    await using _ = await app.queue.work(OPTIONS, async (job, attempt) => {
      await using run = await app.archive.open(job, attempt, PLAIN);
      earlier.push(run.earlier.length);
      run.append({ kind: "resume", version: "1", atMs: attempt.number });
      await run.settled();
      if (attempt.number === 1) throw new Error("the network is gone");
      return { kind: "done" };
    });
    const job = commandJob(1);
    await app.queue.submit(job, signal);

    expect(await ended(app.archive, job)).toMatchObject({ status: "done", attempts: 2 });
    expect(earlier).toEqual([0, 1]);
  });

  it("lists by what a person may see, a page at a time, and tells what changed", async () => {
    await using app = await open();
    const jobs = [1, 2, 3, 4].map((n) => commandJob(n, { repositoryId: n % 2, pullRequest: n, receivedMs: n * 1_000 }));
    for (const job of jobs) await app.queue.submit(job, signal);
    const keys = async (filter: object): Promise<string[]> =>
      (await app.archive.list({ limit: 10, ...filter }, signal)).map(({ key }) => key);
    const [first, second, third, fourth] = jobs.map(({ key }) => key);

    expect(await keys({})).toEqual([fourth, third, second, first]);
    expect(await keys({ repositoryIds: [] })).toEqual([]);
    expect(await keys({ repositoryIds: [1] })).toEqual([third, first]);
    expect(await keys({ status: "done" })).toEqual([]);
    expect(await keys({ pullRequest: 4, kind: "command", repository: "acme/shop" })).toEqual([fourth]);
    expect(await keys({ fromMs: 2_000, untilMs: 4_000 })).toEqual([third, second]);
    const [, after] = await app.archive.list({ limit: 2 }, signal);
    expect(await keys({ limit: 1, before: after?.id })).toEqual([second]);

    const { version, runIds } = await app.archive.changes(0, 0, signal);
    expect(runIds).toHaveLength(4);
    const waiting = app.archive.changes(version, 10_000, signal);
    await app.queue.stop({ id: after?.id ?? "" }, "dev said so", signal);
    expect((await waiting).runIds).toEqual([after?.id]);
  });
}

/** Jobs that run until they are told to end, or stopped. */
export function openCarry(): {
  readonly carry: Carry;
  readonly started: (job: AppJob) => Promise<Attempt>;
  readonly end: (job: AppJob) => void;
  readonly running: () => readonly string[];
} {
  const started = new Map<string, PromiseWithResolvers<Attempt>>();
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const running = new Set<string>();
  const of = <T>(map: Map<string, PromiseWithResolvers<T>>, key: string): PromiseWithResolvers<T> => {
    const known = map.get(key) ?? Promise.withResolvers<T>();
    map.set(key, known);
    return known;
  };
  return {
    async carry({ key }, attempt, stop) {
      running.add(key);
      of(started, key).resolve(attempt);
      const stopped = new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
      await Promise.race([of(ends, key).promise, stopped]);
      running.delete(key);
      return stop.aborted ? { kind: "stopped", reason: stopKindOf(stop) } : { kind: "done" };
    },
    started: ({ key }) => of(started, key).promise,
    end: ({ key }) => of(ends, key).resolve(),
    running: () => [...running],
  };
}

/** The job's run when it has ended. */
export async function ended(
  archive: RunArchive,
  { key }: AppJob,
): Promise<Awaited<ReturnType<RunArchive["list"]>>[number]> {
  const over: ReadonlySet<RunStatus> = new Set(["done", "refused", "stopped", "superseded", "failed"]);
  for (let since = 0; ;) {
    const changes = await archive.changes(since, 1_000, signal);
    since = changes.version;
    const runs = await archive.list({ limit: 1_000 }, signal);
    const found = runs.find((run) => run.key === key && over.has(run.status));
    if (found !== undefined) return found;
  }
}
