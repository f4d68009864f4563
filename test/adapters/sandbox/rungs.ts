import { chmod, mkdtemp, readdir, readFile, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Dependency, Limits } from "../../../src/adapters/sandbox/confinement.ts";
import { ladder, type Rung } from "../../../src/adapters/sandbox/ladder.ts";
import { nodeProgram } from "../../../src/adapters/sandbox/node-program.ts";
import { probe } from "../../../src/adapters/sandbox/probe.ts";
import { checkerOn, type SandboxChecker } from "../../../src/adapters/sandbox/sandbox-checker.ts";
import type { SandboxOptions } from "../../../src/adapters/sandbox/sandbox-options.ts";

/** Enough for node, little enough that what runs wild does not hurt the machine that tests. */
export const TEST_LIMITS: Limits = {
  wallSeconds: 20,
  cpuSeconds: 40,
  processes: 200,
  fileBytes: 4_000_000,
  dataBytes: 4 * 1024 ** 3,
  temporaryBytes: 16_000_000,
};

export type NamedRung = { readonly name: string; readonly rung: Rung; readonly asRoot: boolean };

/** The rungs that hold on this machine, one of each confinement; an empty list means that nothing of the sandbox was tested. */
export async function workingRungs(): Promise<readonly NamedRung[]> {
  const uid = process.getuid?.() ?? -1;
  const rungs = process.platform === "linux" ? await ladder({ uid, pid: process.pid }) : [];
  const node = await nodeProgram(process.execPath);
  const working: NamedRung[] = [];
  for (const rung of rungs) {
    if (working.some((other) => other.rung.confinement.name === rung.confinement.name)) continue;
    const options = { temporaryDirectory: tmpdir(), dependencies: [], node, limits: TEST_LIMITS };
    const problem = await probe(rung, options, AbortSignal.timeout(20_000));
    const asRoot = uid === 0 && rung.identity === undefined;
    const name = `${rung.confinement.name}${asRoot ? ", as root" : ""}`;
    if (problem === undefined) working.push({ name, rung, asRoot });
    else console.warn(`${name} does not work on this machine and is not tested: ${problem}`);
  }
  if (working.length === 0) console.warn("No sandbox works on this machine: install bubblewrap to test the checks.");
  return working;
}

export type RungOptions = Partial<Omit<SandboxOptions, "limits">> & { readonly limits?: Partial<Limits> };

/** A checker on one rung, with a temporary folder of its own. */
export async function aChecker(
  rung: Rung,
  command: readonly string[],
  over: RungOptions = {},
): Promise<SandboxChecker & { readonly temporaryDirectory: string }> {
  const temporaryDirectory = over.temporaryDirectory ?? (await mkdtemp(join(tmpdir(), "sandbox-test-")));
  await chmod(temporaryDirectory, 0o755);
  const options: SandboxOptions = {
    command,
    sandbox: "required",
    dependencies: [],
    node: await nodeProgram(process.execPath),
    path: "/usr/bin:/bin",
    redact: (text) => text,
    parallel: 2,
    ...over,
    temporaryDirectory,
    limits: { ...TEST_LIMITS, ...over.limits },
  };
  return Object.assign(
    checkerOn(options, async () => ({ rung })),
    { temporaryDirectory },
  );
}

/** This repository's own installed packages. */
export async function ownDependencies(): Promise<readonly Dependency[]> {
  const directory = await realpath(join(import.meta.dirname, "../../../node_modules"));
  return [{ directory, path: "node_modules" }];
}

/** Processes of this machine whose command line holds the text. */
export async function processesWith(text: string): Promise<readonly string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map(async (id) => readFile(`/proc/${id}/cmdline`, "latin1").catch(() => "")));
  return lines.filter((line) => line.includes(text));
}
