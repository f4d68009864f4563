import { terminalJournal } from "../adapters/journal/terminal-journal.ts";
import { runReview } from "../flow/run-review.ts";
import { logSafe } from "../render/log-safe.ts";
import { composeReview } from "./compose-review.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { type CommandOptions, localOrder } from "./local-order.ts";
import { formatReport } from "./format-report.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** `review`: a git range on this machine, reviewed to stdout or a file. Progress goes to stderr. */
export async function reviewCommand(options: CommandOptions, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<ExitCode> {
  const progress = {
    isTerminal: process.stderr.isTTY,
    columns: process.stderr.columns,
    write: (text: string) => void (options.quiet || process.stderr.write(text)),
  };
  await using order = localOrder(options, env, terminalJournal(progress, SYSTEM_CLOCK, logSafe));
  const never = new AbortController().signal;
  const result = await runReview(composeReview(order), signal, never);
  await formatReport(result.report, options);
  const incomplete = result.report.conclusion !== "success" && result.report.conclusion !== "nothing-to-do";
  return result.fails || incomplete ? EXIT.failed : EXIT.done;
}
