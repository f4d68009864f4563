import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { db, pool } from "../src/db.ts";

const directory = join(import.meta.dirname, "..", "migrations");

try {
  await db.query("CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY)");
  const { rows } = await db.query<{ name: string }>("SELECT name FROM schema_migrations");
  const applied = new Set(rows.map((row) => row.name));
  const pending = (await readdir(directory)).filter((name) => name.endsWith(".sql") && !applied.has(name)).sort();
  for (const name of pending) {
    const sql = await readFile(join(directory, name), "utf8");
    await db.transaction(async (tx) => {
      await tx.query(sql);
      await tx.query("INSERT INTO schema_migrations (name) VALUES ($1)", [name]);
    });
    console.log(`applied ${name}`);
  }
} finally {
  await pool.end();
}
