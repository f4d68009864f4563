import { terminalJournal } from "../adapters/journal/terminal-journal.ts";
import type { Journal } from "../ports/journal.ts";
import { logSafe } from "../render/log-safe.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** Progress on standard error, live where that is a terminal; nothing with `quiet`. */
export function stderrJournal(quiet: boolean): Journal {
  if (quiet) return { write: () => undefined };
  const { stderr } = process;
  return terminalJournal(
    { isTerminal: stderr.isTTY, columns: stderr.columns, write: (text) => void stderr.write(text) },
    SYSTEM_CLOCK,
    logSafe,
  );
}
