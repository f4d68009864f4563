import { terminalJournal } from "../adapters/journal/terminal-journal.ts";
import { redactor } from "../domain/redact.ts";
import type { Journal } from "../ports/journal.ts";
import { logSafe } from "../render/log-safe.ts";
import type { Inputs } from "./inputs.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** Takes our secrets out of a text, in the encodings a leak would use. */
export function cleaner(inputs: Inputs): (text: string) => string {
  return redactor(secretsOf(inputs));
}

/** The values that nobody may read in what a run leaves behind. */
export function secretsOf(inputs: Inputs): readonly string[] {
  return [inputs["github-token"], inputs["anthropic-api-key"]].filter((secret) => secret !== "");
}

/** Progress in a job's log: plain lines that neither show a secret nor speak to the runner. */
export function runnerLog(inputs: Inputs): Journal {
  const clean = cleaner(inputs);
  const write = (text: string): void => void process.stdout.write(text);
  return terminalJournal({ isTerminal: false, columns: 200, write }, SYSTEM_CLOCK, (text) => logSafe(clean(text)));
}
