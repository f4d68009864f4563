import type { PgBoss } from "pg-boss";
import { z } from "zod";

import type { AppJob } from "../../domain/app-job.ts";
import { ConfigurationError, errorMessage } from "../../domain/errors.ts";
import type { ScheduledJob } from "../../ports/job-queue.ts";
import { CLOCK } from "./start-boss.ts";

const Scheduled = z.object({ job: z.string() });
const StoredJob = z.custom<AppJob>(
  (value) => z.looseObject({ key: z.string(), trigger: z.looseObject({ kind: z.string() }) }).safeParse(value).success,
);

/**
 * Makes these the schedules of the repository, in place of those it had.
 * @throws {ConfigurationError} a time that cannot be understood; nothing is changed then but the schedules before it.
 */
export async function setSchedules(
  boss: PgBoss,
  repositoryId: number,
  schedules: readonly ScheduledJob[],
): Promise<void> {
  const prefix = `${repositoryId}/`;
  const wanted = new Map(schedules.map((schedule) => [`${prefix}${keyPart(schedule.name)}`, schedule]));
  for (const { cron, timeZone } of schedules) requireTime(boss, cron, timeZone);
  for (const { key } of await boss.getSchedules(CLOCK, undefined, { limit: 100_000 })) {
    if (key.startsWith(prefix) && !wanted.has(key)) await boss.unschedule(CLOCK, key);
  }
  for (const [key, { cron, timeZone, job }] of wanted) {
    await boss.schedule(CLOCK, cron, { job: JSON.stringify(job) }, { tz: timeZone, key, missed: "once" });
  }
}

/** Submits what the clock hands out; each occurrence once. */
export async function workSchedules(boss: PgBoss, submit: (job: AppJob) => Promise<unknown>): Promise<AsyncDisposable> {
  await boss.work(CLOCK, { pollingIntervalSeconds: 5, notifyPollingIntervalSeconds: 5 }, async (occurrences) => {
    for (const { id, data } of occurrences) {
      const job = StoredJob.parse(JSON.parse(Scheduled.parse(data).job));
      const occurrence = { key: `${job.key}/${id}`, delivery: `clock-${id}`, receivedMs: Date.now() };
      await submit({ ...job, ...occurrence });
    }
  });
  return { [Symbol.asyncDispose]: () => boss.offWork(CLOCK, { wait: true }) };
}

function requireTime(boss: PgBoss, cron: string, timeZone: string): void {
  try {
    boss.previewSchedule(cron, { tz: timeZone, count: 1 });
  } catch (error) {
    throw new ConfigurationError(
      `the schedule "${cron}" in the time zone ${timeZone} cannot be understood: ${errorMessage(error)}`,
      { cause: error },
    );
  }
}

/** What pg-boss takes as a part of a key. */
function keyPart(name: string): string {
  return Buffer.from(name).toString("base64url");
}
