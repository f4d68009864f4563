import { PgBoss } from "pg-boss";
import { z } from "zod";

import { errorMessage } from "../../domain/errors.ts";
import type { Database } from "./database.ts";

/** Runs: one at a time in each lane. */
export const RUNS = "parallel-review-runs";
/** What is over in a moment, and has workers of its own so that it never waits behind runs. */
export const AT_ONCE = "parallel-review-at-once";
/** Where jobs go that were given up. */
export const DEAD = "parallel-review-dead";
/** What the clock submits. */
export const CLOCK = "parallel-review-clock";

/** How long a worker may be silent where nobody says; at least 10. */
export const LEASE_SECONDS = 30;
/** Silent workers are looked for several times in a lease. */
const LOOKS_IN_A_LEASE = 10;
/** Pause before the first retry; it doubles with every further one. */
const RETRY_SECONDS = 2;

/** Our own count of tries decides when a job is given up; pg-boss never does. */
const ENDLESS = 10_000;
/** The lease ends jobs whose worker is gone; this only has to be longer than the longest run. */
const LONGEST_SECONDS = 23 * 3_600;
const LONGEST_PAUSE_SECONDS = 300;
const DAY_SECONDS = 86_400;

/** Starts pg-boss on the database, with our queues. `onProblem` hears what it could not do in the background. */
export async function startBoss(
  database: Database,
  leaseSeconds: number,
  onProblem: (problem: string) => void,
): Promise<PgBoss> {
  const checkSeconds = Math.ceil(leaseSeconds / LOOKS_IN_A_LEASE);
  const boss = new PgBoss({
    ...database.boss,
    schema: "pgboss",
    useListenNotify: true,
    superviseIntervalSeconds: checkSeconds,
    monitorIntervalSeconds: checkSeconds,
    registerInstance: false,
  });
  boss.on("error", (error) => onProblem(errorMessage(error)));
  boss.on("warning", ({ message }) => onProblem(message));
  await boss.start();
  const kept = { retentionSeconds: 30 * DAY_SECONDS, deleteAfterSeconds: DAY_SECONDS };
  const carried = {
    ...kept,
    deadLetter: DEAD,
    heartbeatSeconds: leaseSeconds,
    expireInSeconds: LONGEST_SECONDS,
    retryLimit: ENDLESS,
    retryDelay: RETRY_SECONDS,
    retryBackoff: true,
    retryDelayMax: LONGEST_PAUSE_SECONDS,
    notify: true,
  };
  await boss.createQueue(DEAD, { retentionSeconds: 365 * DAY_SECONDS });
  await boss.createQueue(RUNS, { ...carried, policy: "singleton" });
  await boss.createQueue(AT_ONCE, carried);
  await boss.createQueue(CLOCK, {
    ...kept,
    retryLimit: 5,
    retryDelay: RETRY_SECONDS,
    retryBackoff: true,
    notify: true,
  });
  await Promise.all([RUNS, AT_ONCE].map((name) => boss.updateQueue(name, carried)));
  return boss;
}

const Held = z.array(z.object({ name: z.string(), id: z.string() }));

/** Has jobs begin anew at once that a process left when it ended, in place of when its lease is over. */
export async function giveBackAll(database: Database, boss: PgBoss): Promise<void> {
  const held = Held.parse(
    await database.query("SELECT name, id FROM pgboss.job WHERE state = 'active' AND name = ANY($1)", [
      [RUNS, AT_ONCE],
    ]),
  );
  for (const { name, id } of held) {
    // oxlint-disable-next-line no-await-in-loop -- few, and on one connection
    await boss.fail(name, id, { message: "its process ended" });
    // The pause is for jobs that failed.
    // oxlint-disable-next-line no-await-in-loop
    await boss.update(name, undefined, { id, startAfter: 0 });
  }
}
