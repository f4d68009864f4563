import { ConfigurationError } from "../../domain/errors.ts";
import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { pgliteDatabase } from "./pglite-database.ts";
import { postgresDatabase } from "./postgres-database.ts";

/** `url`: a PostgreSQL server that any number of processes share. `folder`: one within this process, and only in one. */
export type DatabasePlace = { readonly url: string } | { readonly folder: string };

/**
 * Opens the App's database with its tables up to date.
 * @throws {ConfigurationError} the place cannot be used as it is given.
 * @throws {ExternalError} the server cannot be reached.
 */
export async function openDatabase(place: DatabasePlace): Promise<Database> {
  if ("url" in place && !/^postgres(?:ql)?:\/\//.test(place.url)) {
    throw new ConfigurationError("DATABASE_URL must begin with postgres://, or be left out for an embedded database");
  }
  const database = "url" in place ? await postgresDatabase(place.url) : await pgliteDatabase(place.folder);
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}
