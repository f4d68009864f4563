import { redactor } from "../domain/redact.ts";
import { type ReviewParts, runReview } from "../flow/run-review.ts";
import { secretsInEnvironment } from "./claude-connection.ts";
import { cleanReport } from "./clean-report.ts";
import type { ReviewOrder } from "./compose-review.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { folderKeeper } from "./folder-keeper.ts";
import { formatReport } from "./format-report.ts";
import { type Keeping, keepReview } from "./keep-review.ts";
import type { CommandOptions } from "./local-order.ts";
import { writeReportFiles } from "./report-files.ts";
import { writeResult } from "./write-result.ts";

/** Runs a review on this machine and writes its report where the options say. */
export async function runLocally(
  parts: ReviewParts,
  options: Pick<CommandOptions, "format" | "output" | "output-dir">,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  const never = new AbortController().signal;
  const { report, fails } = await runReview(parts, signal, never);
  const folder = options["output-dir"];
  if (folder !== undefined) {
    const clean = redactor(secretsInEnvironment(env));
    await writeReportFiles(cleanReport(report, clean), folder, clean);
  }
  await writeResult(formatReport(report, options.format, process.stdout.columns), options.output);
  if (signal.aborted) return EXIT.interrupted;
  const isComplete = report.conclusion === "success" || report.conclusion === "nothing-to-do";
  return fails || !isComplete ? EXIT.failed : EXIT.done;
}

/** Keeps a review on this machine, without our own key in what is kept. */
export function keptLocally(
  order: ReviewOrder,
  { folder, asked, earlier }: Pick<Keeping, "asked" | "earlier"> & { readonly folder: string },
  env: NodeJS.ProcessEnv,
): ReturnType<typeof keepReview> {
  const secrets = secretsInEnvironment(env);
  const keeper = folderKeeper({ folder, secrets, clean: redactor(secrets) }, earlier, order.journal);
  return keepReview(order, { keeper, asked, earlier });
}
