import { composeReview } from "./compose-review.ts";
import type { ExitCode } from "./exit-code.ts";
import { type CommandOptions, localOrder } from "./local-order.ts";
import { keptLocally, runLocally } from "./local-review.ts";
import { planCommand } from "./plan-command.ts";
import { replayCommand } from "./replay-command.ts";
import { stderrJournal } from "./stderr-journal.ts";
import { requirePlaceFor } from "./write-result.ts";

/** `review`: a git range on this machine, reviewed to stdout or a file. Progress goes to stderr. */
export async function reviewCommand(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options["dry-run"]) return planCommand(options, env, signal);
  if (options.replay !== undefined) return replayCommand(options.replay, options, env, signal);
  await requirePlaceFor(options.output);
  await using order = localOrder(options, env, stderrJournal(options.quiet));
  const folder = options["output-dir"];
  if (folder === undefined) return await runLocally(composeReview(order), options, env, signal);
  const { base: baseRef, head: headRef } = options;
  const refs = { ...(baseRef === undefined ? {} : { baseRef }), ...(headRef === undefined ? {} : { headRef }) };
  await using kept = keptLocally(order, { folder, asked: { run: "", ...refs }, earlier: "ignore" }, env);
  return await runLocally({ ...composeReview(order), checkpointFor: kept.checkpointFor }, options, env, signal);
}
