/**
 * How long a run takes to end after it is told to, with streams in flight: Ctrl-C and a cancelled job, measured on the program itself; and
 * a stop comment or a newer head from the look that finds it. The goal is 2 s. Run: node test/bench/stop-bench.ts
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { watchForStop } from "../../src/flow/watch-for-stop.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { stallAt } from "../../src/standin/claude/faults.ts";
import { startClaude } from "../../src/standin/claude/server.ts";
import { textTurn } from "../../src/standin/claude/turns.ts";
import { createShopRepository } from "../../src/standin/shop/shop-repository.ts";
import { benchModel } from "./bench-model.ts";

const RUNS = 5;
const IN_FLIGHT = 32;
const root = mkdtempSync(join(tmpdir(), "stop-bench-"));
await using cleanup = new AsyncDisposableStack();
cleanup.defer(() => rmSync(root, { recursive: true }));
const shop = await createShopRepository(join(root, "shop"), { searchPath: process.env["PATH"] ?? "" });
const cli = join(import.meta.dirname, "../../src/entry/cli.ts");
const range = ["--repo", shop.directory, "--base", shop.defaultBranch, "--head", shop.branch];

for (const signal of ["SIGINT", "SIGTERM"] as const) print(signal, await times(() => endAfter(signal)));
for (const kind of ["stop-command", "newer-head"] as const) print(kind, await times(() => endAfterLook(kind)));

/** From the signal to the end of the process; its streams have begun and stand still. */
async function endAfter(signal: "SIGINT" | "SIGTERM"): Promise<number> {
  await using claude = await startClaude();
  claude.script(() => stallAt(textTurn("I am thinking about it."), 700));
  const args = ["review", ...range, "--engine", "claude", "--base-url", claude.url, "--format", "json"];
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env["PATH"], ANTHROPIC_API_KEY: "key" },
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  await until(() => claude.journal.messages.length >= 3);
  const at = performance.now();
  child.kill(signal);
  await ended;
  return performance.now() - at;
}

/** From the look that finds the request to the end of the last of many requests in flight. */
async function endAfterLook(kind: "stop-command" | "newer-head"): Promise<number> {
  await using claude = await startClaude();
  claude.script(() => stallAt(textTurn("I am thinking about it."), 700));
  const look = Promise.withResolvers<void>();
  const clock: Clock = { now: () => Date.now(), sleep: () => look.promise };
  const source = { look: async () => ({ kind, text: "bench" }) };
  using watch = watchForStop(source, clock, new AbortController().signal);
  const model = benchModel(claude.url, IN_FLIGHT);
  const turns = Array.from({ length: IN_FLIGHT }, (_, index) =>
    model.turn(
      {
        model: "claude-sonnet-5-5",
        system: "You review.",
        prefix: "",
        messages: [{ role: "user", text: `task ${index}` }],
        tools: [],
        maxOutputTokens: 1_000,
        effort: undefined,
      },
      watch.signal,
    ),
  );
  const ended = Promise.allSettled(turns);
  await until(() => claude.journal.messages.length >= IN_FLIGHT);
  const at = performance.now();
  look.resolve();
  await ended;
  return performance.now() - at;
}

async function times(measure: () => Promise<number>): Promise<readonly number[]> {
  const all: number[] = [];
  for (let run = 0; run < RUNS; run++) all.push(await measure());
  return all.toSorted((a, b) => a - b);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function print(what: string, sorted: readonly number[]): void {
  const [median, most] = [sorted[Math.floor(RUNS / 2)], sorted.at(-1)].map((ms = 0) => `${Math.round(ms)} ms`);
  console.log(`${what}: ended after ${median} (median), ${most} (most) of ${RUNS}; goal 2,000 ms`);
}
