/**
 * The model stand-in in a process of its own, so that its memory and its work do not count as ours. As a program it serves until its
 * parent goes away; `startModelServer` starts that program.
 */
import { fork } from "node:child_process";
import { once } from "node:events";

import { startClaude } from "../../src/standin/claude/server.ts";
import { toolTurn } from "../../src/standin/claude/turns.ts";
import type { ClaudeOptions } from "../../src/standin/claude/world.ts";

export type ServedTotals = {
  readonly requests: number;
  readonly refused: number;
  /** Refused although the first refusal had gone out: what that one told was not heeded. */
  readonly refusedLater: number;
  readonly maxInFlight: number;
  readonly slowestMs: number;
  readonly billed: {
    readonly input: number;
    readonly cacheRead: number;
    readonly cacheWrite5m: number;
    readonly output: number;
  };
  readonly firstRequestAt: number;
};

type ServerOptions = Pick<ClaudeOptions, "timing" | "rateLimit" | "storm"> & {
  readonly outputTokens: number;
  /** Subagents that report at once (the default), or writers that write their file and then report. */
  readonly script?: "report" | "write";
};

export type ModelServer = AsyncDisposable & {
  readonly url: string;
  /** Everything since the last call. */
  totals(): Promise<ServedTotals>;
  /** The longest answer since the last call. */
  slowestMs(): Promise<number>;
};

export async function startModelServer(options: ServerOptions): Promise<ModelServer> {
  const child = fork(import.meta.filename, [JSON.stringify(options)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [url] = (await once(child, "message")) as [string];
  const totals = async (): Promise<ServedTotals> => {
    child.send("totals");
    const [served] = (await once(child, "message")) as [ServedTotals];
    return served;
  };
  return {
    url,
    totals,
    slowestMs: async () => (await totals()).slowestMs,
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await once(child, "exit");
    },
  };
}

/** Requests this soon after the first refusal were on their way already. */
const HEARD_MS = 50;

async function serve(options: ServerOptions): Promise<void> {
  await using claude = await startClaude(options);
  const end = { name: "report_findings", input: { findings: [], final: true } };
  claude.script((request) => {
    const { outputTokens } = options;
    const path = /^# Your task: (\S+)$/m.exec(request.firstUserText)?.[1] ?? "";
    if (options.script !== "write") return toolTurn([end], { outputTokens });
    const text = { file_path: path, content: "gives 1 // done\n" };
    if (request.turn === 1) return toolTurn([{ name: "Write", input: text }], { outputTokens });
    const change = { path, what: "done", why: "", behaviour: "same", risk: "" };
    return toolTurn([{ name: "report_changes", input: { changes: [change], declined: [] } }, end], { outputTokens });
  });
  let seen = 0;
  process.on("message", () => {
    const entries = claude.journal.messages.slice(seen);
    seen = claude.journal.messages.length;
    const sum = (pick: "input" | "cacheRead" | "cacheWrite5m" | "output"): number =>
      entries.reduce((total, { usage }) => total + (usage?.[pick] ?? 0), 0);
    const times = entries.map(({ startedAt, endedAt }) => (endedAt ?? startedAt) - startedAt);
    const refused = entries.filter(({ status }) => status === 429);
    const firstRefusal = refused[0]?.startedAt ?? Number.POSITIVE_INFINITY;
    const totals: ServedTotals = {
      requests: entries.length,
      refused: refused.length,
      refusedLater: refused.filter(({ startedAt }) => startedAt > firstRefusal + HEARD_MS).length,
      maxInFlight: Math.max(0, ...entries.map(({ inFlight }) => inFlight)),
      slowestMs: Math.max(0, ...times),
      billed: {
        input: sum("input"),
        cacheRead: sum("cacheRead"),
        cacheWrite5m: sum("cacheWrite5m"),
        output: sum("output"),
      },
      firstRequestAt: entries[0]?.startedAt ?? 0,
    };
    process.send?.(totals);
  });
  process.send?.(claude.url);
  await once(process, "disconnect");
}

if (process.argv[1] === import.meta.filename) await serve(JSON.parse(process.argv[2] ?? "") as ServerOptions);
