/**
 * Writes the statement of every loyalty member of a tier to a file and packs it:
 *
 *     node scripts/export-loyalty-statements.ts gold exports/
 */
import { exec, execFile } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { pool } from "../src/db.ts";

interface StatementRow {
  customer_id: string;
  points: number;
  reason: string;
  created_at: string;
}

const run = promisify(exec);
const runFile = promisify(execFile);

/** All rows of one moment: a consistent read needs one connection with its own transaction. */
async function readStatement(tier: string): Promise<StatementRow[]> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const { rows } = await client.query<StatementRow>(
      `SELECT l.customer_id, l.points, l.reason, l.created_at
         FROM loyalty_ledger l JOIN loyalty_members m USING (customer_id)
        WHERE m.tier = $1 ORDER BY l.customer_id, l.created_at`,
      [tier],
    );
    await client.query("COMMIT");
    return rows;
  } finally {
    client.release();
  }
}

async function version(): Promise<string> {
  const { stdout } = await runFile("git", ["describe", "--tags", "--always"]);
  return stdout.trim();
}

async function writeStatement(path: string, rows: readonly StatementRow[]): Promise<number> {
  const file = await open(path, "w");
  await file.write(`# corner-shop ${await version()}\n`);
  for (const row of rows) {
    await file.write(`${row.customer_id};${row.points};${row.reason};${row.created_at}\n`);
  }
  return rows.length;
}

async function pack(path: string): Promise<void> {
  await run(`gzip --best --force ${path}`);
}

async function main(tier: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `loyalty-${tier}.csv`);
  const count = await writeStatement(path, await readStatement(tier));
  await pack(path);
  console.log(`${count} entries written to ${path}.gz`);
}

const [tier = "gold", directory = "exports"] = process.argv.slice(2);
try {
  await main(tier, directory);
} finally {
  await pool.end();
}
