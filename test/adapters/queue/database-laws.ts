import { expect, it } from "vitest";

import type { Database } from "../../../src/adapters/queue/database.ts";
import { shareMoney } from "../../../src/adapters/queue/share-money.ts";
import { submitJob } from "../../../src/adapters/queue/submit-job.ts";
import type { AppJob } from "../../../src/domain/app-job.ts";
import type { JobQueue } from "../../../src/ports/job-queue.ts";
import { commandJob, pushJob } from "../../support/app-builders.ts";
import { aSubtask, anOutcome } from "../../support/builders.ts";
import { aTurn, ENTRY_HEADER } from "../../support/transcript-entries.ts";
import { openDatabaseApp } from "./database-app.ts";
import { ended, openCarry } from "./queue-laws.ts";

const { signal } = new AbortController();
const PLAIN = { mask: (text: string) => text, clean: (text: string) => text };

/** What holds of the queue on a database, beside what every queue holds. */
export function databaseLaws(open: () => Promise<Database>): void {
  it("gives every installation its turn, however much one of them has waiting", async () => {
    await using app = await openDatabaseApp(await open());
    const order: number[] = [];
    const noisy = Array.from({ length: 12 }, (_, n) => commandJob(n, { pullRequest: n + 1, installation: 1 }));
    const quiet = [100, 101, 102].map((n) => commandJob(n, { pullRequest: n, installation: 2, repositoryId: 200 }));
    for (const job of [...noisy, ...quiet]) await app.queue.submit(job, signal);
    await using _ = await app.queue.work({ concurrency: 1, graceMs: 0 }, async ({ installation }) => {
      order.push(installation);
      return { kind: "done" };
    });
    await Promise.all([...noisy, ...quiet].map((job) => ended(app.archive, job)));

    expect(order).toHaveLength(15);
    expect(order.slice(0, 6).toSorted()).toEqual([1, 1, 1, 2, 2, 2]);
  });

  it("says when a budget is used up, counting what running jobs may still spend", async () => {
    const budgets = { perRunUsd: 2, perInstallationAndDayUsd: 5 };
    await using app = await openDatabaseApp(await open(), { budgets });
    const busy = openCarry();
    await using _ = await app.queue.work({ concurrency: 8, graceMs: 0 }, (job, attempt, stop) =>
      attempt.overBudget === undefined
        ? busy.carry(job, attempt, stop)
        : Promise.resolve({ kind: "refused", reason: attempt.overBudget }),
    );
    const jobs = [1, 2, 3].map((n) => commandJob(n, { pullRequest: n }));
    for (const job of jobs) await app.queue.submit(job, signal);
    const allowed = await Promise.all(jobs.map((job) => busy.started(job)));
    const tooMany = commandJob(4, { pullRequest: 4 });
    const elsewhere = commandJob(5, { pullRequest: 5, installation: 2, repositoryId: 200 });
    const free = commandJob(6, { verb: "help" });
    for (const job of [tooMany, elsewhere, free]) await app.queue.submit(job, signal);

    expect(allowed.map(({ budgetUsd }) => budgetUsd).toSorted()).toEqual([1, 2, 2]);
    expect(await ended(app.archive, tooMany)).toMatchObject({
      status: "refused",
      reason: "this installation's budget of $5.00 a day is used up",
    });
    expect((await busy.started(elsewhere)).budgetUsd).toBe(2);
    expect((await busy.started(free)).budgetUsd).toBeUndefined();
    for (const job of [...jobs, elsewhere, free]) busy.end(job);
    await Promise.all([...jobs, elsewhere, free].map((job) => ended(app.archive, job)));
  });

  it("counts what an explanation costs, and has none begin when the budget is used up", async () => {
    await using app = await openDatabaseApp(await open(), { budgets: { perInstallationAndDayUsd: 2 } });
    const trigger = (n: number): AppJob["trigger"] => {
      const { trigger: given } = commandJob(n);
      if (given.kind !== "comment") throw new Error("no comment");
      return { ...given, command: { verb: "explain", id: "f1", options: {} } };
    };
    const tries: unknown[] = [];
    await using _ = await app.queue.work({ concurrency: 1, graceMs: 0 }, async (job, attempt) => {
      await using run = await app.archive.open(job, attempt, PLAIN);
      run.append(aTurn({ costUsd: 1.5 }));
      tries.push([attempt.budgetUsd, attempt.overBudget]);
      return { kind: "done" };
    });
    for (const job of [1, 2, 3].map((n) => commandJob(n, { trigger: trigger(n) })).concat(commandJob(4))) {
      await app.queue.submit(job, signal);
      await ended(app.archive, job);
    }

    const over = "this installation's budget of $2.00 a day is used up";
    expect(tries).toEqual([
      [1, undefined],
      [0.5, undefined],
      [undefined, over],
      [undefined, over],
    ]);
  });

  it("gives up a job that fails again and again, and says so to the last try", async () => {
    await using app = await openDatabaseApp(await open(), { maxAttempts: 1 });
    const tries: unknown[] = [];
    await using _ = await app.queue.work({ concurrency: 1, graceMs: 0 }, async (__, { number, givesUp, lastError }) => {
      tries.push({ number, givesUp, lastError });
      throw new Error(`broken ${number}`);
    });
    const job = commandJob(1);
    await app.queue.submit(job, signal);

    expect(await ended(app.archive, job)).toMatchObject({ status: "failed", reason: "broken 2", attempts: 2 });
    expect(tries).toEqual([
      { number: 1, givesUp: false, lastError: undefined },
      { number: 2, givesUp: true, lastError: "broken 1" },
    ]);
  });

  it("hands running jobs over when a process ends, without counting it as a try", async () => {
    const database = await open();
    await using first = await openDatabaseApp(database);
    await using second = await openDatabaseApp(database);
    const busy = openCarry();
    const job = commandJob(1);
    const leaving = await first.queue.work({ concurrency: 1, graceMs: 0 }, async (given, attempt, stop) => {
      await using run = await first.archive.open(given, attempt, PLAIN);
      run.append({ kind: "resume", version: "1", atMs: 1 });
      await busy.carry(given, attempt, stop);
      throw new Error(String(stop.reason));
    });
    await first.queue.submit(job, signal);
    await busy.started(job);
    await leaving[Symbol.asyncDispose]();
    const left: unknown[] = [];
    await using _ = await second.queue.work({ concurrency: 1, graceMs: 0 }, async (given, attempt) => {
      await using run = await second.archive.open(given, attempt, PLAIN);
      left.push(attempt.number, ...run.earlier);
      return { kind: "done" };
    });

    expect(await ended(second.archive, job)).toMatchObject({ status: "done", attempts: 1 });
    expect(left).toEqual([1, { kind: "resume", version: "1", atMs: 1 }]);
  });

  it("knows what a run cost by its transcript, and by its subtasks where it keeps none", async () => {
    await using app = await openDatabaseApp(await open());
    const [kept, unkept] = [commandJob(1, { pullRequest: 1 }), commandJob(2, { pullRequest: 2 })];
    await using _ = await app.queue.work({ concurrency: 1, graceMs: 0 }, async (given, attempt) => {
      await using run = await app.archive.open(given, attempt, PLAIN);
      if (given.key === kept.key) {
        run.append(ENTRY_HEADER);
        run.append(aTurn({ costUsd: 0.25 }));
      }
      const outcome = anOutcome({ costUsd: given.key === kept.key ? 0.25 : 0.5 });
      run.progress({ kind: "subtask-end", subtask: aSubtask(), outcome });
      await run.settled();
      return { kind: "done" };
    });
    for (const job of [kept, unkept]) await app.queue.submit(job, signal);

    expect(await ended(app.archive, kept)).toMatchObject({ status: "done", costUsd: 0.25 });
    expect(await ended(app.archive, unkept)).toMatchObject({ status: "done", costUsd: 0.5 });
  });

  it("lets the processes of a run spend no more than its budget together, whoever dies", async () => {
    const database = await open();
    await using app = await openDatabaseApp(database);
    const busy = openCarry();
    const job = commandJob(1);
    await using _ = await app.queue.work({ concurrency: 1, graceMs: 0 }, busy.carry);
    await app.queue.submit(job, signal);
    const attempt = await busy.started(job);
    const run = attempt.runId;
    await using archived = await app.archive.open(job, attempt, PLAIN);
    const moneyOf = (lease: number): ReturnType<typeof shareMoney> =>
      shareMoney({ database, run, attempt: { ...attempt, lease }, settled: () => archived.settled() });
    const [one, two] = [moneyOf(attempt.lease), moneyOf(attempt.lease + 1)];
    archived.append(ENTRY_HEADER);
    const first = await one.reserve(3, 5);
    expect(await two.reserve(3, 5)).toBe("later");
    // What the call cost is on record before what was set aside comes back.
    archived.append(aTurn({ costUsd: 1 }));
    if (typeof first === "object") first.giveBack();
    await one.touch();
    expect(await two.reserve(3, 5)).toBeTypeOf("object");
    expect(await one.reserve(2, 5)).toBe("later");
    await database.query("UPDATE parallel_review.held_money SET touched_ms = touched_ms - 60000");
    expect(await one.reserve(4, 5)).toBeTypeOf("object");
    await database.query("DELETE FROM parallel_review.held_money");
    expect(await one.reserve(4.5, 5)).toBe("never");
    // What an earlier transcript cost is no part of this one's budget, as it is where one process carries the run.
    archived.restart();
    await archived.settled();
    expect(await one.reserve(4.5, 5)).toBeTypeOf("object");
    busy.end(job);
    expect(await ended(app.archive, job)).toMatchObject({ costUsd: 1 });
  });

  it("takes nothing more from who helps with what a run was before it began anew", async () => {
    await using app = await openDatabaseApp(await open());
    const busy = openCarry();
    const job = commandJob(1);
    await using _ = await app.queue.work({ concurrency: 2, graceMs: 0 }, busy.carry);
    await app.queue.submit(job, signal);
    const attempt = await busy.started(job);
    const helping = { ...job, key: "help", delivery: "help", helps: { runId: attempt.runId, sharers: 2 } };
    await app.queue.submit(helping, signal);
    await using leader = await app.archive.open(job, attempt, PLAIN);
    await using helper = await app.archive.open(helping, await busy.started(helping), PLAIN);
    helper.append(aTurn({ costUsd: 1 }));
    await helper.settled();
    expect(helper.lost.aborted).toBe(false);

    leader.restart();
    leader.append(ENTRY_HEADER);
    await leader.settled();
    helper.append(aTurn({ costUsd: 1 }));
    await helper.settled();

    expect(helper.lost.aborted).toBe(true);
    await using again = await app.archive.open(job, { ...attempt, lease: attempt.lease + 1, number: 2 }, PLAIN);
    expect(again.earlier.map(({ kind }) => kind)).toEqual(["run"]);
    for (const each of [job, helping]) busy.end(each);
    await ended(app.archive, job);
  });

  it("lets an audit of a pull request go on when somebody pushes, unlike a review", async () => {
    await using app = await openDatabaseApp(await open());
    const busy = openCarry();
    const commenter = { login: "dev", id: 7, type: "User", viaApp: false };
    const command = { verb: "audit", recipe: "database", options: {} } as const;
    const asked = { kind: "comment", pullRequest: 7, commentId: 1, commenter, command, run: "comment-1" } as const;
    const jobs = [commandJob(1, { trigger: asked }), commandJob(2, { pullRequest: 8 })] as const;
    await using _ = await app.queue.work({ concurrency: 4, graceMs: 0 }, busy.carry);
    for (const job of jobs) {
      await app.queue.submit(job, signal);
      await using run = await app.archive.open(job, await busy.started(job), PLAIN);
      run.append(ENTRY_HEADER);
      await run.settled();
    }
    const [audit, review] = jobs;
    const pushes = [7, 8].map((pullRequest) =>
      pushJob("f".repeat(40), { pullRequest, delivery: `push-${pullRequest}` }),
    );
    for (const job of pushes) await app.queue.submit(job, signal);

    expect(await ended(app.archive, review)).toMatchObject({ status: "stopped", head: ENTRY_HEADER.head });
    expect(busy.running()).toContain(audit.key);
    for (const job of [audit, ...pushes]) busy.end(job);
    expect(await ended(app.archive, audit)).toMatchObject({ status: "done", head: ENTRY_HEADER.head });
    await Promise.all(pushes.map((job) => ended(app.archive, job)));
  });

  it("writes nothing for a try that no longer holds its job", async () => {
    const database = await open();
    await using app = await openDatabaseApp(database);
    const { promise: lost, resolve } = Promise.withResolvers<boolean>();
    await using _ = await app.queue.work({ concurrency: 1, graceMs: 0 }, async (given, attempt) => {
      await using run = await app.archive.open(given, attempt, PLAIN);
      await database.query("UPDATE parallel_review.job SET lease = lease + 1");
      run.append({ kind: "resume", version: "1", atMs: 1 });
      await run.settled();
      resolve(run.lost.aborted);
      return { kind: "done" };
    });
    await app.queue.submit(commandJob(1), signal);

    expect(await lost).toBe(true);
    expect(await database.query("SELECT 1 FROM parallel_review.entry")).toEqual([]);
    expect(await app.archive.list({ limit: 1 }, signal)).toMatchObject([{ status: "running" }]);
  });

  it("puts in line what a process took in that ended right after", async () => {
    const database = await open();
    await using app = await openDatabaseApp(database);
    const [old, job] = [pushJob("aaa"), pushJob("bbb")];
    for (const each of [old, job]) await submitJob(database, each);
    await using _ = await app.queue.work({ concurrency: 1, graceMs: 0 }, async () => ({ kind: "done" }));

    expect(await ended(app.archive, job)).toMatchObject({ status: "done" });
    expect(await ended(app.archive, old)).toMatchObject({ status: "superseded", attempts: 0 });
  });

  it("stops and retries what has no place in line yet", async () => {
    const database = await open();
    await using app = await openDatabaseApp(database);
    const job = commandJob(1);
    await submitJob(database, job);
    const [waiting] = await app.archive.list({ limit: 1 }, signal);
    const id = waiting?.id ?? "";

    expect(await app.queue.stop({ id }, "dev said so", signal)).toBe(1);
    expect(await app.queue.retry(id, signal)).toBe(true);
    await using _ = await app.queue.work({ concurrency: 1, graceMs: 0 }, async () => ({ kind: "done" }));
    expect(await ended(app.archive, job)).toMatchObject({ status: "done", attempts: 1 });
  });

  it("puts a burst in line once each, whatever order and however often it comes", async () => {
    const database = await open();
    await using one = await openDatabaseApp(database);
    await using two = await openDatabaseApp(database);
    const jobs = Array.from({ length: 20 }, (_, n) => commandJob(n, { pullRequest: (n % 5) + 1 }));
    const again = [
      ...jobs,
      ...jobs.toReversed(),
      ...jobs.map((job) => ({ ...job, delivery: `${job.delivery}-again` })),
    ];
    const answers = await Promise.all(again.map((job, n) => (n % 2 === 0 ? one : two).queue.submit(job, signal)));
    const carried: string[] = [];
    const work = (queue: JobQueue): Promise<AsyncDisposable> =>
      queue.work({ concurrency: 4, graceMs: 0 }, async ({ key }: AppJob) => {
        carried.push(key);
        return { kind: "done" };
      });
    await using workers = new AsyncDisposableStack();
    for (const { queue } of [one, two]) workers.use(await work(queue));
    await Promise.all(jobs.map((job) => ended(one.archive, job)));

    expect(answers.filter((answer) => answer === "queued")).toHaveLength(20);
    expect(carried.toSorted()).toEqual(jobs.map(({ key }) => key).toSorted());
  });

  it("has one of several processes do a round, and another one when that one is gone", async () => {
    const database = await open();
    await using one = await openDatabaseApp(database);
    await using two = await openDatabaseApp(database);
    const [hour, name] = [3_600_000, "a look"];
    {
      const begun = await Promise.all([one, two, one].map(({ rounds }) => rounds.begin(name, hour)));
      const [round, ...others] = begun.flatMap((each) => each ?? []);
      expect(round).toBeDefined();
      expect(round?.lastMs).toBeUndefined();
      expect(others).toEqual([]);
      expect(await two.rounds.begin("another look", hour)).toBeDefined();
      await round?.done();
      await round?.[Symbol.asyncDispose]();
    }
    expect(await two.rounds.begin(name, hour)).toBeUndefined();
    const failed = await two.rounds.begin(name, 0);
    const lastMs = failed?.lastMs;
    expect(lastMs).toBeGreaterThan(Date.now() - hour);
    await failed?.[Symbol.asyncDispose]();
    expect(await one.rounds.begin(name, hour)).toBeUndefined();

    const gone = await one.rounds.begin(name, 0);
    expect(gone?.lastMs).toBe(lastMs);
    expect(await two.rounds.begin(name, 0)).toBeUndefined();
    // As if it had not been heard of for a minute.
    await database.query("UPDATE parallel_review.round SET held_until_ms = held_until_ms - 61000");
    const taken = await two.rounds.begin(name, 0);
    expect(taken?.lastMs).toBe(lastMs);
    await gone?.done();
    await gone?.[Symbol.asyncDispose]();
    expect(await one.rounds.begin(name, 0)).toBeUndefined();
    await taken?.[Symbol.asyncDispose]();
  });

  it("keeps schedules by repository, and refuses a time that is none", async () => {
    const database = await open();
    await using app = await openDatabaseApp(database);
    const audit = (name: string, cron = "0 3 * * 1-5"): Parameters<JobQueue["setSchedules"]>[1][number] => {
      return { name, cron, timeZone: "Europe/Vienna", job: pushJob("main", { kind: "audit" }) };
    };
    const kept = async (): Promise<readonly unknown[]> =>
      database.query("SELECT cron, timezone FROM pgboss.schedule ORDER BY cron");
    await app.queue.setSchedules(1, [audit("nightly"), audit("weekly", "0 4 * * 0")], signal);
    await app.queue.setSchedules(2, [audit("nightly", "0 5 * * *")], signal);
    await app.queue.setSchedules(1, [audit("nightly")], signal);

    expect(await kept()).toEqual([
      { cron: "0 3 * * 1-5", timezone: "Europe/Vienna" },
      { cron: "0 5 * * *", timezone: "Europe/Vienna" },
    ]);
    await expect(app.queue.setSchedules(2, [audit("nightly", "now and then")], signal)).rejects.toThrow(
      'the schedule "now and then" in the time zone Europe/Vienna cannot be understood',
    );
    await app.queue.setSchedules(1, [], signal);
    await app.queue.setSchedules(2, [], signal);
    expect(await kept()).toEqual([]);
  });

  it("submits what the clock hands out, and knows the repository by it", async () => {
    const database = await open();
    await using app = await openDatabaseApp(database);
    const trigger = { kind: "audit", recipe: "database" } as const;
    const job = pushJob("main", { key: "acme/shop/audit-database", kind: "audit", trigger });
    await app.queue.setSchedules(100, [{ name: "nightly", cron: "0 3 * * *", timeZone: "UTC", job }], signal);
    expect(await app.queue.repositories(signal)).toEqual([]);
    // As the clock does when the time has come, but now.
    await database.query("INSERT INTO pgboss.job (name, data) SELECT name, data FROM pgboss.schedule");
    const carried = Promise.withResolvers<AppJob>();
    await using _ = await app.queue.work({ concurrency: 1, graceMs: 0 }, async (given) => {
      carried.resolve(given);
      return { kind: "done" };
    });

    expect(await carried.promise).toMatchObject({
      key: expect.stringMatching(/^acme\/shop\/audit-database\/.+/),
      kind: "audit",
      trigger,
    });
    expect(await app.queue.repositories(signal)).toEqual([
      { installation: 1, repository: "acme/shop", repositoryId: 100 },
    ]);
    await app.queue.setSchedules(100, [], signal);
  });
}
