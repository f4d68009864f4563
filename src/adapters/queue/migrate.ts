import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { ConfigurationError } from "../../domain/errors.ts";
import type { Database } from "./database.ts";

const FOLDER = join(import.meta.dirname, "migrations");
/** Any number, the same in every process: one migrates, the others wait for it. */
const LOCK = 7_025_311;

/**
 * Brings our tables up to this version, one numbered file after the other, all or nothing.
 * @throws {ConfigurationError} a newer version has been at this database.
 */
export async function migrate(database: Database): Promise<void> {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();
  await database.transaction(async (transaction) => {
    await transaction.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    await transaction.query("CREATE SCHEMA IF NOT EXISTS parallel_review");
    await transaction.query("CREATE TABLE IF NOT EXISTS parallel_review.migration (name text PRIMARY KEY)");
    const done = new Set(
      z
        .array(z.object({ name: z.string() }))
        .parse(await transaction.query("SELECT name FROM parallel_review.migration"))
        .map(({ name }) => name),
    );
    const unknown = [...done].filter((name) => !files.includes(name));
    if (unknown.length > 0) {
      throw new ConfigurationError(
        `the database was made by a newer version of parallel-review (${unknown.join(", ")})`,
      );
    }
    for (const name of files.filter((file) => !done.has(file))) {
      await transaction.boss.executeSql(readFileSync(join(FOLDER, name), "utf8"));
      await transaction.query("INSERT INTO parallel_review.migration VALUES ($1)", [name]);
    }
  });
}
