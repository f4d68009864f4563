import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

import { CappedOutput } from "./capped-output.ts";
import type { Start } from "./confinement.ts";

/** Somebody to run as, instead of root. */
export type Identity = { readonly uid: number; readonly gid: number };

/** How the command ended, and what it printed, as bytes decoded and otherwise untouched. */
export type Ending = {
  /** Undefined when a signal ended it, or when it could not be started. */
  readonly exitCode: number | undefined;
  readonly why: "exited" | "time" | "flood";
  readonly output: string;
};

/** A command that has printed this much is not going to say anything useful. */
const FLOOD_BYTES = 64 * 1024 * 1024;
/** A process that got away may hold our end of a pipe open; we do not wait for it longer than this. */
const GRACE_MS = 500;
/** A namespace takes this long at most to end all its processes; then whoever waits for it is killed too. */
const TEARDOWN_MS = 3_000;

/**
 * Starts the command in a process group of its own, with nothing of our environment, and kills the whole group at the time limit,
 * when it floods us, and on abort. Resolves when it is gone.
 * @throws {Error} it could not be started. @throws the signal's reason on abort.
 */
export async function runConfined(
  start: Start,
  options: { readonly wallMs: number; readonly identity: Identity | undefined },
  signal: AbortSignal,
): Promise<Ending> {
  signal.throwIfAborted();
  const child = spawn(start.file, start.args, {
    ...(start.cwd === undefined ? { cwd: "/" } : { cwd: start.cwd }),
    ...options.identity,
    env: { ...start.environment },
    detached: true,
    shell: false,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = new CappedOutput();
  const state: { why: Ending["why"] } = { why: "exited" };
  const end = (reason: Ending["why"]): void => {
    state.why = reason;
    kill(child, start);
  };
  const onAbort = (): void => kill(child, start);
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(end, options.wallMs, "time");
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      // unshare(1) has its own say on the death of its child.
      if (state.why !== "exited") return;
      output.add(chunk);
      if (output.bytes > FLOOD_BYTES) end("flood");
    });
  }
  try {
    const code = await ended(child);
    // Whatever the command left in its group ends with it.
    killGroup(child);
    signal.throwIfAborted();
    const { why } = state;
    return { exitCode: why === "exited" ? (code ?? undefined) : undefined, why, output: output.text() };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

async function ended(child: ChildProcess): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on("error", reject);
  child.on("close", resolve);
  child.on("exit", (code) => {
    const grace = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(code);
    }, GRACE_MS);
    child.on("close", () => clearTimeout(grace));
  });
  return promise;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already, which is what we want.
  }
}

/** Kills the namespace and leaves the one who waits for it, so that its end tells us that nothing is left. False when there is none. */
function killChildren({ pid, exitCode, signalCode }: ChildProcess): boolean {
  if (pid === undefined || exitCode !== null || signalCode !== null) return false;
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .split(" ")
      .map(Number)
      .filter((id) => id > 1);
    for (const id of children) process.kill(id, "SIGKILL");
    return children.length > 0;
  } catch {
    return false;
  }
}

function kill(child: ChildProcess, start: Start): void {
  if (start.waits !== true || !killChildren(child)) killGroup(child);
  else {
    const timer = setTimeout(killGroup, TEARDOWN_MS, child);
    child.on("exit", () => clearTimeout(timer));
  }
  if (start.stop === undefined) return;
  const stop = spawn(start.stop.file, start.stop.args, {
    env: { ...start.environment },
    stdio: "ignore",
    shell: false,
  });
  stop.on("error", () => undefined);
  stop.unref();
}
