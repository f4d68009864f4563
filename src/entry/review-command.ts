import { runReview } from "../flow/run-review.ts";
import { composeReview } from "./compose-review.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { formatReport } from "./format-report.ts";
import { type CommandOptions, localOrder } from "./local-order.ts";
import { planCommand } from "./plan-command.ts";
import { stderrJournal } from "./stderr-journal.ts";
import { requirePlaceFor, writeResult } from "./write-result.ts";

/** `review`: a git range on this machine, reviewed to stdout or a file. Progress goes to stderr. */
export async function reviewCommand(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options["dry-run"]) return planCommand(options, env, signal);
  await requirePlaceFor(options.output);
  await using order = localOrder(options, env, stderrJournal(options.quiet));
  const never = new AbortController().signal;
  const { report, fails } = await runReview(composeReview(order), signal, never);
  await writeResult(formatReport(report, options.format, process.stdout.columns), options.output);
  if (signal.aborted) return EXIT.interrupted;
  const isComplete = report.conclusion === "success" || report.conclusion === "nothing-to-do";
  return fails || !isComplete ? EXIT.failed : EXIT.done;
}
