import { join } from "node:path";

import { PGlite } from "@electric-sql/pglite";
import { fromPglite } from "pg-boss";

import { CHANNEL, type Database, type Row } from "./database.ts";
import { lockFolder } from "./folder-lock.ts";

/**
 * A PostgreSQL within this process, kept in a folder.
 * @throws {ConfigurationError} another process has it open, or the folder cannot be written.
 */
export async function pgliteDatabase(folder: string): Promise<Database> {
  await using opening = new AsyncDisposableStack();
  opening.use(lockFolder(folder));
  const pglite = opening.adopt(await PGlite.create(join(folder, "postgres")), (open) => open.close());
  const open = opening.move();
  return {
    isEmbedded: true,
    boss: { db: fromPglite(pglite), backend: "pglite" },
    query: async (text, values = []) => (await pglite.query<Row>(text, [...values])).rows,
    transaction: (work) =>
      pglite.transaction((transaction) => {
        const run = async (text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
          (await transaction.query<Row>(text, [...values])).rows;
        return work({
          query: run,
          boss: {
            async executeSql(text, values = []) {
              if (values.length > 0) return { rows: [...(await run(text, values))] };
              const results = await transaction.exec(text);
              return { rows: results.flatMap(({ rows }) => rows) };
            },
          },
        });
      }),
    async listen(onNotice) {
      const end = await pglite.listen(CHANNEL, onNotice);
      return { [Symbol.asyncDispose]: () => end() };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
