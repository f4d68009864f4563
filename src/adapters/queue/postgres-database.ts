import pg from "pg";

import { ExternalError } from "../../domain/errors.ts";
import { CHANNEL, type Database, type Row, type Transaction } from "./database.ts";

/** Connections for our own statements; pg-boss has as many again. */
const CONNECTIONS = 5;
const RECONNECT_MS = 1_000;

/**
 * A PostgreSQL server.
 * @throws {ExternalError} it cannot be reached.
 */
export async function postgresDatabase(connectionString: string): Promise<Database> {
  const pool = new pg.Pool({ connectionString, max: CONNECTIONS, application_name: "parallel-review" });
  // A connection that breaks while nobody uses it is replaced by the pool; whoever needs one next is told.
  pool.on("error", () => undefined);
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    await pool.end();
    const why = error instanceof Error ? error.message : String(error);
    throw new ExternalError("PostgreSQL", `the database of DATABASE_URL cannot be reached: ${why}`, { cause: error });
  }
  return {
    isEmbedded: false,
    boss: { connectionString, max: CONNECTIONS, application_name: "parallel-review" },
    query: async (text, values = []) => rowsOf(await pool.query(text, [...values])),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        const result = await work(transactionOn(client));
        await client.query("COMMIT");
        client.release();
        return result;
      } catch (error) {
        // A connection that cannot even be rolled back is not handed out again.
        await client.query("ROLLBACK").then(
          () => client.release(),
          (broken: unknown) => client.release(broken instanceof Error ? broken : true),
        );
        throw error;
      }
    },
    listen: (onNotice) => listener(connectionString, onNotice),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

function transactionOn(client: pg.PoolClient): Transaction {
  const run = async (text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
    rowsOf(await client.query(text, [...values]));
  return {
    query: run,
    boss: { executeSql: async (text, values) => ({ rows: [...(await run(text, values))] }) },
  };
}

/** Of several statements at once, the driver gives one result each. */
function rowsOf(result: pg.QueryResult<Row> | readonly pg.QueryResult<Row>[]): readonly Row[] {
  return "rows" in result ? result.rows : result.flatMap(({ rows }) => rows);
}

/** A connection of its own that listens, and is made again when it breaks. */
async function listener(connectionString: string, onNotice: (notice: string) => void): Promise<AsyncDisposable> {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString, application_name: "parallel-review listener", keepAlive: true });
    client = next;
    next.on("error", again);
    next.on("end", again);
    next.on("notification", ({ payload }) => onNotice(payload ?? ""));
    await next.connect();
    await next.query(`LISTEN ${CHANNEL}`);
    onNotice("");
  };
  const again = (): void => {
    if (isOver || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      connect().catch(again);
    }, RECONNECT_MS);
  };
  await connect();
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
