import { findProgram, INSTRUCTIONS, ladder, type Rung } from "./ladder.ts";
import { probe } from "./probe.ts";
import { LIMITS, type SandboxOptions } from "./sandbox-options.ts";
import { unconfined } from "./unconfined.ts";

/** The way to run commands here, or why there is none. */
export type Found = { readonly rung: Rung } | { readonly reason: string };

/** The strongest sandbox that holds on this machine, found out by trying. */
export async function findRung(options: SandboxOptions, signal: AbortSignal): Promise<Found> {
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
