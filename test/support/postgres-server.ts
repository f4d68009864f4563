import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import pg from "pg";

/** A PostgreSQL server of our own, on a socket in its own folder: no port, nobody else's data. */
type PostgresServer = AsyncDisposable & {
  /** A new, empty database. */
  createDatabase(): Promise<string>;
};

/** Where Debian keeps the server's programs, newest first, and then the search path. */
function serverPrograms(): string | undefined {
  const versions = globSync("/usr/lib/postgresql/*/bin").toSorted(
    (a, b) => Number(b.split("/")[4]) - Number(a.split("/")[4]),
  );
  const folders = [...versions, ...(process.env["PATH"] ?? "").split(":")];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

/** Why there is no server to test on, or undefined. */
export function noPostgres(): string | undefined {
  return serverPrograms() === undefined
    ? "no PostgreSQL server is installed (Debian: apt-get install postgresql): its tests are skipped"
    : undefined;
}

/** Starts one. As root it runs as another account, because PostgreSQL refuses to be root. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = serverPrograms();
  if (programs === undefined) throw new Error("no PostgreSQL server is installed");
  const folder = mkdtempSync(join(tmpdir(), "pr-postgres-"));
  const account = process.getuid?.() === 0 ? ordinaryAccount() : undefined;
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const data = join(folder, "data");
  const initdb = ["-D", data, "-U", "test", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
  execFileSync(join(programs, "initdb"), initdb, { ...account, cwd: folder, stdio: "pipe" });
  const options = ["fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=200"];
  const server = spawn(
    join(programs, "postgres"),
    ["-D", data, "-k", folder, ...options.flatMap((option) => ["-c", option])],
    { ...account, cwd: folder, stdio: "ignore" },
  );
  const urlOf = (name: string): string => `postgresql://test@localhost/${name}?host=${encodeURIComponent(folder)}`;
  await ready(urlOf("postgres"), server);
  let databases = 0;
  return {
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await execute(urlOf("postgres"), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    async [Symbol.asyncDispose]() {
      const ended = once(server, "exit");
      // At once, without waiting for clients: nobody needs the data again.
      server.kill("SIGQUIT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ordinaryAccount(): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`);
    const answered = await execute(url, "SELECT 1").then(
      () => true,
      () => false,
    );
    if (answered) return;
    await pause(50);
  }
  throw new Error("PostgreSQL does not answer");
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
