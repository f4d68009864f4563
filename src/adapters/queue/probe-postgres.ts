import pg from "pg";
import { z } from "zod";

import { ExternalError } from "../../domain/errors.ts";

const TIMEOUT_MS = 5_000;
const Answer = z.tuple([z.object({ server_version: z.string() })]);

/**
 * The version of the server at that address, asked over one connection that changes nothing.
 * @throws {ExternalError} it cannot be reached, or does not let us in.
 */
export async function probePostgres(connectionString: string): Promise<string> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    application_name: "parallel-review doctor",
  });
  try {
    await client.connect();
    const { rows } = await client.query("SHOW server_version");
    return Answer.parse(rows)[0].server_version;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ExternalError("PostgreSQL", `the database of DATABASE_URL cannot be reached: ${why}`, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}
