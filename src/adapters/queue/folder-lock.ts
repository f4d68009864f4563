import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { ConfigurationError, errorMessage } from "../../domain/errors.ts";

/**
 * Holds a folder for this process alone, until it is disposed or the process ends, however it ends. PGlite has no lock of its own, and
 * two processes in one folder lose each other's data without a word. SQLite's file locks are the kernel's: they need no pid to be
 * compared, and hold between containers that share the folder.
 * @throws {ConfigurationError} another process holds it, or the folder cannot be written.
 */
export function lockFolder(folder: string): Disposable {
  let file: DatabaseSync;
  try {
    // For its owner alone: code under review is in there.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    file = new DatabaseSync(join(folder, "lock"), { timeout: 0 });
  } catch (error) {
    throw new ConfigurationError(`the data folder ${folder} cannot be written: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  try {
    file.exec("PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE");
  } catch (error) {
    file.close();
    throw new ConfigurationError(
      `the data folder ${folder} is in use by another process: end that one, give this one another folder with --data, or set DATABASE_URL to a PostgreSQL server that both can use`,
      { cause: error },
    );
  }
  return { [Symbol.dispose]: () => file.close() };
}
