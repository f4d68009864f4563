import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Identity } from "./run-confined.ts";

/** A fresh folder with a name that nobody can guess, for us and, to read only, for a group. Disposing it removes it and all in it. */
export type PrivateFolder = AsyncDisposable & { readonly directory: string };

export async function privateFolder(parent: string, reader: Identity | undefined): Promise<PrivateFolder> {
  const directory = await mkdtemp(join(parent, "parallel-review-"));
  if (reader !== undefined) {
    await chown(directory, 0, reader.gid);
    await chmod(directory, 0o750);
  }
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 3 }) };
}
