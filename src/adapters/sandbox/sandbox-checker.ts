import { errorMessage } from "../../domain/errors.ts";
import type { CheckedTree, Checker, CheckResult } from "../../ports/checker.ts";
import { missing, plain } from "./command-output.ts";
import type { Limits } from "./confinement.ts";
import { findRung, type Found } from "./find-rung.ts";
import type { Rung } from "./ladder.ts";
import { type PrivateFolder, privateFolder } from "./private-folder.ts";
import { type Ending, runConfined } from "./run-confined.ts";
import { LIMITS, requireCommand, type SandboxOptions } from "./sandbox-options.ts";
import { TreeStore } from "./tree-store.ts";
import { Turnstile } from "./turnstile.ts";

/** A Checker that owns a folder on the disk; dispose it at the end of the run. Disposing waits for the checks that are running. */
export type SandboxChecker = Checker & AsyncDisposable;

/**
 * Checks trees in the strongest sandbox that holds on this machine. Which one does is found out at the first check, by trying.
 * @throws {ConfigurationError} the command is none.
 */
export function sandboxChecker(options: SandboxOptions): SandboxChecker {
  return checkerOn(options, (signal) => findRung(options, signal));
}

/** As `sandboxChecker`, with the rung given. @throws {ConfigurationError} the command is none. */
export function checkerOn(options: SandboxOptions, find: (signal: AbortSignal) => Promise<Found>): SandboxChecker {
  requireCommand(options.command);
  const limits = { ...LIMITS, ...options.limits };
  const turnstile = new Turnstile(options.parallel);
  const running = new Set<Promise<unknown>>();
  let opening: Promise<Opened | { readonly reason: string }> | undefined;

  async function run(tree: CheckedTree, signal: AbortSignal): Promise<CheckResult> {
    if (tree.base.truncated) return { status: "unavailable", reason: "The tree is too large to be listed in full." };
    // Shared by all checks, so none of their signals may end it.
    opening ??= open(options, find, new AbortController().signal).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    const opened = await opening;
    if ("reason" in opened) return { status: "unavailable", reason: opened.reason };
    return turnstile.pass(() => checkIn(opened, tree, { ...options, limits }, signal), signal);
  }

  return {
    async check(tree, signal) {
      const checking = run(tree, signal);
      running.add(checking);
      try {
        return await checking;
      } finally {
        running.delete(checking);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(running);
      const opened = await opening?.catch(() => undefined);
      if (opened !== undefined && "folder" in opened) await opened.folder[Symbol.asyncDispose]();
    },
  };
}

type Opened = { readonly rung: Rung; readonly folder: PrivateFolder; readonly store: TreeStore };

async function open(
  options: SandboxOptions,
  find: (signal: AbortSignal) => Promise<Found>,
  signal: AbortSignal,
): Promise<Opened | { readonly reason: string }> {
  const found = await find(signal);
  if ("reason" in found) return found;
  const folder = await privateFolder(options.temporaryDirectory, found.rung.identity);
  const { writable } = found.rung.confinement;
  const store = new TreeStore(folder.directory, { dependencies: options.dependencies, writable, mounts: !writable });
  return { rung: found.rung, folder, store };
}

async function checkIn(
  { rung, store }: Opened,
  tree: CheckedTree,
  options: SandboxOptions & { readonly limits: Limits },
  signal: AbortSignal,
): Promise<CheckResult> {
  const { confinement, identity } = rung;
  await using placed = await store.place(tree, signal);
  const run = { ...options, argv: options.command, tree: placed.directory, scratch: placed.scratch };
  const startedMs = performance.now();
  let ending: Ending;
  try {
    ending = await runConfined(
      confinement.start(run),
      { wallMs: options.limits.wallSeconds * 1_000, identity },
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    return { status: "unavailable", reason: `The check could not be started: ${errorMessage(error)}` };
  }
  const output = options.redact(plain(ending.output).replaceAll(`${confinement.treeSeenAs(run)}/`, ""));
  const reason = missing(options.command, ending, output);
  if (reason !== undefined) return { status: "unavailable", reason };
  const record = {
    output,
    isolation: identity === undefined && process.getuid?.() === 0 ? `${confinement.name}, as root` : confinement.name,
    notes: [...placed.notes, ...(ending.why === "flood" ? ["the check printed without end and was stopped"] : [])],
    wallMs: Math.round(performance.now() - startedMs),
  };
  if (ending.exitCode === 0) return { status: "passed", ...record };
  return { status: "failed", exitCode: ending.exitCode, timedOut: ending.why === "time", ...record };
}
