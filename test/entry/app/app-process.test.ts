import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { SECRET } from "./app-stage.ts";

const { privateKey: KEY } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const CLI = join(import.meta.dirname, "../../../src/entry/cli.ts");

describe("a process of the App", () => {
  let data: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "app-process-"));
  });
  afterEach(() => {
    child?.kill("SIGKILL");
    rmSync(data, { recursive: true, force: true });
  });

  /** Starts one; `output` is all it has said so far, on both streams. */
  const start = (
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): { output: () => string; ended: Promise<unknown[]> } => {
    const started = spawn(process.execPath, [CLI, "app", "--data", data, ...args], {
      env: { PATH: process.env["PATH"], HOME: data, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    let text = "";
    for (const stream of [started.stdout, started.stderr]) stream.on("data", (piece) => (text += String(piece)));
    return { output: () => text, ended: once(started, "close") };
  };

  it("shows the run on its page, answers machines, and drains when it is told to end", async () => {
    const { output, ended } = start(["--demo"]);
    await expect.poll(output, { timeout: 60_000 }).toContain("Look at it");
    const address = /: (http:\/\/127\.0\.0\.1:\d+)\n/g;
    const url = [...output().matchAll(address)].at(-1)?.[1] ?? "";

    const page = await (await fetch(`${url}/runs/1`)).text();
    expect(page).toContain("acme/shop");
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "alive" });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'parallel_review_webhooks_total{event="issue_comment",status="202"} 1',
    );
    expect((await fetch(`${url}/runs`, { headers: { "x-forwarded-for": "203.0.113.7" } })).status).toBe(421);
    const forged = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    expect((await fetch(`${url}/api/github/webhooks`, forged)).status).toBe(400);

    child?.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  }, 90_000);

  it.each([
    ["probot's secret", { WEBHOOK_SECRET: "development" }, [], "WEBHOOK_SECRET is a value that everybody knows"],
    [
      "an embedded database for a role of its own",
      { PRIVATE_KEY: KEY },
      ["--role", "web"],
      "--role web needs DATABASE_URL",
    ],
    [
      "a database that is none",
      { PRIVATE_KEY: KEY, DATABASE_URL: "mysql://x" },
      [],
      "DATABASE_URL must be a postgres:// URL",
    ],
    ["an address that is none", { PRIVATE_KEY: KEY, PUBLIC_URL: "reviews" }, [], "PUBLIC_URL must be an https URL"],
    ["half a way to Claude", { PRIVATE_KEY: KEY, CLAUDE_PROVIDER: "vertex" }, [], "vertex needs CLAUDE_REGION"],
    [
      "a token that can be guessed",
      { PRIVATE_KEY: KEY, METRICS_TOKEN: "prometheus" },
      [],
      "METRICS_TOKEN must have at least",
    ],
    ["an end that only the demo has", {}, ["--once"], "--once goes with --demo"],
    [
      "another machine's address",
      { APP_ID: "", WEBHOOK_SECRET: "" },
      ["--host", "203.0.113.9"],
      "--host takes an address of this machine",
    ],
    ["a role that does not exist", {}, ["--role", "boss"], "--role: must be one of all, web, worker"],
  ])("does not start with %s, and says in one line how to mend it", async (_, env, args, line) => {
    const { output, ended } = start(args, { APP_ID: "1", WEBHOOK_SECRET: SECRET, ...env });

    expect(await ended).toEqual([2, null]);
    expect(output()).toMatch(/^parallel-review: .+\n$/);
    expect(output()).toContain(line);
  });

  it("without an App shows where one is made, and only that", async () => {
    const { output, ended } = start(["--port", "0"]);
    await expect.poll(output, { timeout: 20_000 }).toMatch(/Open http:\S+\/setup\?key=\S+/);
    const url = new URL(/http:\S+\/setup\?key=\S+/.exec(output())?.[0] ?? "");

    expect(await (await fetch(url)).text()).toContain("Make the App on GitHub");
    expect((await fetch(`${url.origin}/runs`)).status).toBe(404);
    child?.kill("SIGTERM");
    expect(await ended).toEqual([130, null]);
  });
});
