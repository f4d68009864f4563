import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Database } from "../../../src/adapters/queue/database.ts";
import { openDatabase } from "../../../src/adapters/queue/open-database.ts";
import { emptyDatabase, openDatabaseApp } from "./database-app.ts";
import { databaseLaws } from "./database-laws.ts";
import { queueLaws } from "./queue-laws.ts";

describe("on the embedded PostgreSQL", () => {
  const folder = mkdtempSync(join(tmpdir(), "pr-queue-"));
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase({ folder });
  }, 60_000);
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  queueLaws(async () => {
    await emptyDatabase(database);
    return openDatabaseApp(database);
  });
  databaseLaws(async () => {
    await emptyDatabase(database);
    return database;
  });

  it("refuses a folder that another process holds", async () => {
    await expect(openDatabase({ folder })).rejects.toThrow(
      `the data folder ${folder} is in use by another process: end that one, give this one another folder with --data`,
    );
  });
});
