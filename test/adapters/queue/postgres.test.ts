import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Database } from "../../../src/adapters/queue/database.ts";
import { openDatabase } from "../../../src/adapters/queue/open-database.ts";
import { noPostgres, startPostgres } from "../../support/postgres-server.ts";
import { emptyDatabase, openDatabaseApp } from "./database-app.ts";
import { databaseLaws } from "./database-laws.ts";
import { queueLaws } from "./queue-laws.ts";

const missing = noPostgres();
if (missing !== undefined) console.warn(missing);

describe.skipIf(missing !== undefined)("on a PostgreSQL server", () => {
  const open = new AsyncDisposableStack();
  let database: Database;
  beforeAll(async () => {
    const server = open.use(await startPostgres());
    database = open.use(await openDatabase({ url: await server.createDatabase() }));
  }, 60_000);
  afterAll(() => open.disposeAsync());

  queueLaws(async () => {
    await emptyDatabase(database);
    return openDatabaseApp(database);
  });
  databaseLaws(async () => {
    await emptyDatabase(database);
    return database;
  });

  it("says what is wrong with an address", async () => {
    await expect(openDatabase({ url: "mysql://localhost/app" })).rejects.toThrow(
      "DATABASE_URL must begin with postgres://",
    );
    await expect(openDatabase({ url: "postgres://localhost:1/app" })).rejects.toThrow(
      "the database of DATABASE_URL cannot be reached",
    );
  });
});
