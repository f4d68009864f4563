import { stripVTControlCharacters } from "node:util";

import { ConfigurationError, errorMessage } from "../../domain/errors.ts";
import type { CheckedTree, Checker, CheckResult } from "../../ports/checker.ts";
import type { Dependency, Limits, NodeProgram } from "./confinement.ts";
import { findProgram, INSTRUCTIONS, ladder, type Rung } from "./ladder.ts";
import { type PrivateFolder, privateFolder } from "./private-folder.ts";
import { probe } from "./probe.ts";
import { type Ending, runConfined } from "./run-confined.ts";
import { TreeStore } from "./tree-store.ts";
import { Turnstile } from "./turnstile.ts";
import { unconfined } from "./unconfined.ts";

export type SandboxOptions = {
  /** The command and its arguments, never a shell line; from the workflow or the command line, never from the repository. */
  readonly command: readonly string[];
  /** `required`: no isolation, no check. `off`: as we are; only when a person asked for exactly that. */
  readonly sandbox: "required" | "off";
  /** Folders such as the caller's `node_modules`, real paths, to be seen read-only in the tree. */
  readonly dependencies: readonly Dependency[];
  readonly node: NodeProgram;
  /** Where the private folder with the trees is made. */
  readonly temporaryDirectory: string;
  /** Where programs are looked for when the sandbox is off; otherwise the system's folders and the tree's own tools count. */
  readonly path: string;
  /** Masks our secrets in what the check prints, should one get there all the same. */
  readonly redact: (text: string) => string;
  /** Checks that run at a time; the others wait, and their time does not run meanwhile. */
  readonly parallel: number;
  readonly limits?: Partial<Limits>;
};

const LIMITS: Limits = {
  wallSeconds: 300,
  cpuSeconds: 1_200,
  processes: 1_024,
  fileBytes: 104_857_600,
  dataBytes: 8 * 1024 ** 3,
  temporaryBytes: 268_435_456,
};

/** A Checker that owns a folder on the disk; dispose it at the end of the run. Disposing waits for the checks that are running. */
export type SandboxChecker = Checker & AsyncDisposable;

/**
 * Checks trees in the strongest sandbox that holds on this machine. Which one does is found out at the first check, by trying.
 * @throws {ConfigurationError} the command is none.
 */
export function sandboxChecker(options: SandboxOptions): SandboxChecker {
  return checkerOn(options, (signal) => findRung(options, signal));
}

type Found = { readonly rung: Rung } | { readonly reason: string };

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
  const store = new TreeStore(folder.directory, { dependencies: options.dependencies, writable });
  return { rung: found.rung, folder, store };
}

async function findRung(options: SandboxOptions, signal: AbortSignal): Promise<Found> {
  if (options.sandbox === "off") {
    const confinement = unconfined({ prlimit: await findProgram("prlimit"), path: options.path });
    return { rung: { confinement, identity: undefined } };
  }
  if (process.platform !== "linux") {
    return { reason: `The check was not run: there is no sandbox for ${process.platform}. ${INSTRUCTIONS}` };
  }
  const limits = { ...LIMITS, ...options.limits };
  const problems: string[] = [];
  for (const rung of await ladder({ uid: process.getuid?.() ?? -1, pid: process.pid })) {
    const problem = await probe(rung, { ...options, limits }, signal);
    if (problem === undefined) return { rung };
    problems.push(`${rung.confinement.name}: ${problem}`);
  }
  const tried = problems.length === 0 ? "bubblewrap, systemd and unshare are not installed" : problems.join("; ");
  return { reason: `The check was not run: no sandbox works here (${tried}). ${INSTRUCTIONS}` };
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
  const isMissing = (ending.exitCode === 127 || ending.exitCode === 126) && /^(?:\/usr\/bin\/)?env: /m.test(output);
  if (isMissing) return { status: "unavailable", reason: missing(options.command, output) };
  const record = {
    output,
    isolation: identity === undefined && process.getuid?.() === 0 ? `${confinement.name}, as root` : confinement.name,
    notes: [...placed.notes, ...(ending.why === "flood" ? ["the check printed without end and was stopped"] : [])],
    wallMs: Math.round(performance.now() - startedMs),
  };
  if (ending.exitCode === 0) return { status: "passed", ...record };
  return { status: "failed", exitCode: ending.exitCode, timedOut: ending.why === "time", ...record };
}

/** Without escape sequences; a line that was drawn over itself, as progress bars are, becomes several. */
function plain(output: string): string {
  return stripVTControlCharacters(output).replaceAll(/\r\n?/g, "\n");
}

function missing(command: readonly string[], output: string): string {
  return `The check command ${JSON.stringify(command[0])} cannot be run in the sandbox (${output.trim().slice(0, 200)}). It has to be a program in the repository's node_modules/.bin, npx, node, or under /usr; install the dependencies before this step.`;
}

function requireCommand(command: readonly string[]): void {
  const [program = ""] = command;
  // env(1) would take a name with = for a variable, and one that starts with a dash for an option.
  const isProgram = program !== "" && !program.includes("=") && !program.startsWith("-");
  if (isProgram && command.every((part) => !part.includes("\0"))) return;
  throw new ConfigurationError(
    'The check has to be a program and its arguments as a JSON array, e.g. ["npx", "tsc", "--noEmit"]; a shell line does not work.',
  );
}
