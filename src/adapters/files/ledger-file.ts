import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { ConfigurationError, errorMessage } from "../../domain/errors.ts";
import { EMPTY_LEDGER, formatLedger, type Ledger, parseLedger } from "../../domain/ledger.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";

/** A ledger in one file of this machine. A run that is killed while it writes leaves the file as it was. */
export function ledgerFile(path: string): LedgerStore {
  async function read(signal: AbortSignal): Promise<Ledger> {
    let text: string;
    try {
      text = await readFile(path, { encoding: "utf8", signal });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return EMPTY_LEDGER;
      throw new ConfigurationError(`the ledger ${path} cannot be read: ${errorMessage(error)}`, { cause: error });
    }
    return parseLedger(text, path);
  }
  return {
    read,
    async update(change, _description, signal) {
      const text = formatLedger(change(await read(signal)));
      const next = `${path}.next`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(next, text, { signal });
        await rename(next, path);
      } catch (error) {
        signal.throwIfAborted();
        throw new ConfigurationError(`the ledger ${path} cannot be written: ${errorMessage(error)}`, { cause: error });
      }
    },
  };
}
