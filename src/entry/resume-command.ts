import { dirname, join } from "node:path";

import { TRANSCRIPT_FILE } from "../adapters/journal/run-folder.ts";
import { readTranscript } from "../adapters/journal/transcript.ts";
import { composeReview } from "./compose-review.ts";
import type { ExitCode } from "./exit-code.ts";
import { type CommandOptions, localOrder } from "./local-order.ts";
import { keptLocally, runLocally } from "./local-review.ts";
import { headerIn } from "./open-checkpoint.ts";
import { optionsThen } from "./options-then.ts";
import { stderrJournal } from "./stderr-journal.ts";

/**
 * `resume`: goes on with a review that was killed, stopped or ran out of time or money, beside whose `findings.json` its transcript
 * lies. Everything is as it was asked for then; of the options only the budget and how to run and print it count.
 * @throws {ConfigurationError} there is no transcript, or the head, the plan or this program is another one now.
 */
export async function resumeCommand(
  findings: string,
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  const folder = dirname(findings);
  const header = headerIn(readTranscript(join(folder, TRANSCRIPT_FILE)).entries);
  const budget = options.budget ?? header.budgetUsd;
  await using order = localOrder({ ...optionsThen(header, options), budget }, env, stderrJournal(options.quiet));
  const { run, baseRef, headRef } = header.request;
  const asked = { run, ...(baseRef === undefined ? {} : { baseRef }), ...(headRef === undefined ? {} : { headRef }) };
  await using kept = keptLocally(order, { folder, asked, earlier: "resume" }, env);
  const parts = { ...composeReview(order), checkpointFor: kept.checkpointFor };
  return await runLocally(parts, { ...options, "output-dir": folder }, env, signal);
}
