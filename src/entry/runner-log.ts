import { terminalJournal } from "../adapters/journal/terminal-journal.ts";
import { redactor } from "../domain/redact.ts";
import type { Journal } from "../ports/journal.ts";
import { logSafe } from "../render/log-safe.ts";
import { secretsInEnvironment } from "./claude-connection.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import type { World } from "./world.ts";

type Owner = Pick<World, "inputs" | "env">;

/** Takes our secrets out of a text, in the encodings a leak would use. */
export function cleaner(world: Owner): (text: string) => string {
  return redactor(secretsOf(world));
}

/** The values that nobody may read in what a run leaves behind. */
export function secretsOf({ inputs, env }: Owner): readonly string[] {
  const given = [inputs["github-token"], inputs["anthropic-api-key"]].filter((secret) => secret !== "");
  return [...new Set([...given, ...secretsInEnvironment(env)])];
}

/** Progress in a job's log: plain lines that neither show a secret nor speak to the runner. */
export function runnerLog(world: Owner): Journal {
  const clean = cleaner(world);
  const write = (text: string): void => void process.stdout.write(text);
  return terminalJournal({ isTerminal: false, columns: 200, write }, SYSTEM_CLOCK, (text) => logSafe(clean(text)));
}
