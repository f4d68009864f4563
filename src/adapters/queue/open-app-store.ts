import type { JobQueue } from "../../ports/job-queue.ts";
import type { Rounds } from "../../ports/rounds.ts";
import type { RunArchive } from "../../ports/run-archive.ts";
import type { Budgets } from "./budgets.ts";
import type { Database } from "./database.ts";
import { openNotices } from "./notices.ts";
import { openArchive } from "./open-archive.ts";
import { type DatabasePlace, openDatabase } from "./open-database.ts";
import { openQueue } from "./open-queue.ts";
import { openRounds } from "./open-rounds.ts";
import { LEASE_SECONDS } from "./start-boss.ts";

/** Tries before a job is given up. */
const MAX_ATTEMPTS = 5;

const NEVER = new AbortController().signal;

export type StoreOptions = {
  readonly budgets?: Budgets;
  /** How long a worker may be silent before its jobs are given to others; at least 10. */
  readonly leaseSeconds?: number;
  /** Tries, crashes among them, before a job is given up. */
  readonly maxAttempts?: number;
  /** Hears what could not be done in the background; texts may name tables, never contents. */
  readonly onProblem: (problem: string) => void;
};

/** What a process of the App keeps in its database. */
export type AppStore = { readonly queue: JobQueue; readonly archive: RunArchive; readonly rounds: Rounds };

/**
 * Opens the App's database, its queue and its archive.
 * @throws {ConfigurationError} the place cannot be used as it is given.
 * @throws {ExternalError} the server cannot be reached.
 */
export async function openAppStore(place: DatabasePlace, options: StoreOptions): Promise<AppStore & AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const database = opening.use(await openDatabase(place));
  const store = opening.use(await openStoreOn(database, { ...options, isAlone: database.isEmbedded }));
  const { queue, archive, rounds } = store;
  const open = opening.move();
  return { queue, archive, rounds, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** The same on a database that is open already and stays so. */
export async function openStoreOn(
  database: Database,
  {
    budgets = {},
    leaseSeconds = LEASE_SECONDS,
    maxAttempts = MAX_ATTEMPTS,
    onProblem,
    isAlone = false,
  }: StoreOptions & { readonly isAlone?: boolean },
): Promise<AppStore & AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const notices = opening.use(await openNotices(database));
  const queue = opening.use(
    await openQueue({ database, notices, budgets, leaseSeconds, maxAttempts, onProblem, isAlone }),
  );
  const archive = openArchive(database, notices, (job) => queue.submit(job, NEVER), onProblem);
  const open = opening.move();
  return { queue, archive, rounds: openRounds(database), [Symbol.asyncDispose]: () => open.disposeAsync() };
}
