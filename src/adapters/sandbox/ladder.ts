import { access, constants } from "node:fs/promises";
import { join } from "node:path";

import { bubblewrap } from "./bubblewrap.ts";
import type { Confinement } from "./confinement.ts";
import { namespaces } from "./namespaces.ts";
import type { Identity } from "./run-confined.ts";
import { systemd } from "./systemd.ts";

/** One way to run a check here: the confinement and, when we are root, somebody lesser to start it as. */
export type Rung = { readonly confinement: Confinement; readonly identity: Identity | undefined };

/** Where system programs are. Not PATH: an earlier step of a job may have put something in front of it. */
const FOLDERS = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/** User ids that belong to nobody: the range that systemd gives to its dynamic users. */
const FREE_IDS = { first: 61_184, count: 4_000 };

/** What a person can do where no rung holds. */
export const INSTRUCTIONS =
  "Install bubblewrap (`sudo apt-get install bubblewrap`; on Ubuntu 24.04 and later also `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`). To run the check without isolation, set `sandbox: off`: it can then read whatever this process can, keys included.";

/** All rungs whose programs are here, the strongest first. Whether they work is another question: ask `probe`. */
export async function ladder(host: { readonly uid: number; readonly pid: number }): Promise<readonly Rung[]> {
  const [prlimit, bwrap, unshare, setpriv, systemdRun, systemctl, sudo] = await Promise.all(
    ["prlimit", "bwrap", "unshare", "setpriv", "systemd-run", "systemctl", "sudo"].map(findProgram),
  );
  const isRoot = host.uid === 0;
  const id = FREE_IDS.first + (host.pid % FREE_IDS.count);
  // As root the limit on processes does not count and file permissions do not hold, so root is the last resort.
  const identities = isRoot ? [{ uid: id, gid: id }, undefined] : [undefined];
  const rungs: Rung[] = [];
  if (prlimit !== undefined && bwrap !== undefined) {
    const confinement = bubblewrap({ prlimit, bwrap });
    for (const identity of identities) rungs.push({ confinement, identity });
  }
  const asRoot = isRoot ? [] : sudo === undefined ? undefined : [sudo, "-n"];
  if (
    systemdRun !== undefined &&
    systemctl !== undefined &&
    asRoot !== undefined &&
    (await exists("/run/systemd/system"))
  ) {
    const confinement = systemd({ run: [...asRoot, systemdRun], control: [...asRoot, systemctl] });
    rungs.push({ confinement, identity: undefined });
  }
  if (prlimit !== undefined && unshare !== undefined && setpriv !== undefined) {
    const confinement = namespaces({ prlimit, unshare });
    for (const identity of identities) rungs.push({ confinement, identity });
  }
  return rungs;
}

/** The full path of a system program; undefined when it is not installed. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of FOLDERS) {
    const file = join(folder, name);
    if (await exists(file, constants.X_OK)) return file;
  }
  return undefined;
}

async function exists(file: string, mode?: number): Promise<boolean> {
  return access(file, mode).then(
    () => true,
    () => false,
  );
}
