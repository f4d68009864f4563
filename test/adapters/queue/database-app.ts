import type { Database } from "../../../src/adapters/queue/database.ts";
import { type AppStore, openStoreOn, type StoreOptions } from "../../../src/adapters/queue/open-app-store.ts";

/** Queue and archive on a database, as a process of the App has them. */
export function openDatabaseApp(
  database: Database,
  options: Pick<StoreOptions, "budgets" | "maxAttempts"> = {},
): Promise<AppStore & AsyncDisposable> {
  return openStoreOn(database, { leaseSeconds: 10, maxAttempts: 3, onProblem: console.warn, ...options });
}

/** As new, but for what pg-boss knows of its queues. */
export async function emptyDatabase(database: Database): Promise<void> {
  await database.query(
    "TRUNCATE parallel_review.job, parallel_review.delivery, parallel_review.round RESTART IDENTITY CASCADE",
  );
  const [row] = await database.query("SELECT to_regclass('pgboss.job') AS name");
  if (row?.["name"] !== null) await database.query("DELETE FROM pgboss.job");
}
