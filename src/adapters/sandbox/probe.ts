import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import { errorMessage } from "../../domain/errors.ts";
import type { Dependency, Limits, NodeProgram } from "./confinement.ts";
import type { Rung } from "./ladder.ts";
import { privateFolder } from "./private-folder.ts";
import { runConfined } from "./run-confined.ts";
import { CONFINED, SELF_TEST } from "./self-test.ts";

const PROBE_MS = 20_000;

export type ProbeOptions = {
  readonly temporaryDirectory: string;
  readonly dependencies: readonly Dependency[];
  readonly node: NodeProgram;
  readonly limits: Limits;
};

/** Runs the self-test on a rung, with the mounts that a check will have. Undefined when the rung holds, else what is wrong with it. */
export async function probe(rung: Rung, options: ProbeOptions, signal: AbortSignal): Promise<string | undefined> {
  await using folder = await privateFolder(options.temporaryDirectory, rung.identity);
  const tree = join(folder.directory, "work");
  const scratch = join(folder.directory, "scratch");
  const secret = join(folder.directory, "secret");
  for (const path of [".", ...options.dependencies.map((each) => each.path)])
    await mkdir(join(tree, path), { recursive: true });
  await mkdir(scratch);
  await writeFile(secret, "");
  await using listener = await listen();
  const { dependencies, node, limits } = options;
  const argv = ["node", "-e", SELF_TEST, String(listener.port), secret];
  const start = rung.confinement.start({ argv, tree, scratch, dependencies, node, limits });
  try {
    const ending = await runConfined(start, { wallMs: PROBE_MS, identity: rung.identity }, signal);
    const said = ending.output.trim();
    if (ending.exitCode === 0 && said === CONFINED) return undefined;
    return said.slice(0, 500) || `the self-test ended with ${ending.exitCode ?? ending.why}`;
  } catch (error) {
    signal.throwIfAborted();
    return errorMessage(error);
  }
}

/** A port on the loopback of this machine that a confined process must not reach. */
async function listen(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.on("error", reject);
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
      }),
  };
}
