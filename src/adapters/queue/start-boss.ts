import { PgBoss } from "pg-boss";

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

export type Timings = {
  /** How long a worker may be silent before its jobs are given to others; at least 10. */
  readonly leaseSeconds: number;
  /** How often silent workers are looked for. */
  readonly checkSeconds: number;
  /** Pause before the first retry; it doubles with every further one, up to five minutes. */
  readonly retrySeconds: number;
};

export const TIMINGS: Timings = { leaseSeconds: 30, checkSeconds: 10, retrySeconds: 2 };

/** Our own count of tries decides when a job is given up; pg-boss never does. */
const ENDLESS = 10_000;
/** The lease ends jobs whose worker is gone; this only has to be longer than the longest run. */
const LONGEST_SECONDS = 23 * 3_600;
const LONGEST_PAUSE_SECONDS = 300;
const DAY_SECONDS = 86_400;

/** Starts pg-boss on the database, with our queues. `onProblem` hears what it could not do in the background. */
export async function startBoss(
  database: Database,
  { leaseSeconds, checkSeconds, retrySeconds }: Timings,
  onProblem: (problem: string) => void,
): Promise<PgBoss> {
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
    retryDelay: retrySeconds,
    retryBackoff: true,
    retryDelayMax: LONGEST_PAUSE_SECONDS,
    notify: true,
  };
  await boss.createQueue(DEAD, { retentionSeconds: 365 * DAY_SECONDS });
  await boss.createQueue(RUNS, { ...carried, policy: "singleton" });
  await boss.createQueue(AT_ONCE, carried);
  await boss.createQueue(CLOCK, { ...kept, retryLimit: 5, retryDelay: retrySeconds, retryBackoff: true, notify: true });
  await Promise.all([RUNS, AT_ONCE].map((name) => boss.updateQueue(name, carried)));
  return boss;
}
