import { access, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { NodeProgram } from "./confinement.ts";

/** The node at this path (ours is `process.execPath`) for a check to run under, with the npm that came with it, if any. */
export async function nodeProgram(executable: string): Promise<NodeProgram> {
  const real = await realpath(executable);
  const npm = join(dirname(dirname(real)), "lib", "node_modules", "npm");
  const hasNpm = await access(npm).then(
    () => true,
    () => false,
  );
  return { executable: real, npm: hasNpm ? npm : undefined };
}
