import { ConfigurationError } from "../domain/errors.ts";
import { estimateRun } from "../flow/estimate-run.ts";
import { estimateMarkdown, estimateText } from "../render/estimate-text.ts";
import { prepare } from "./compose-review.ts";
import { DEFAULT_MODEL, NOWHERE } from "./engine-choice.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { type CommandOptions, localOrder } from "./local-order.ts";
import { stderrJournal } from "./stderr-journal.ts";
import { writeResult } from "./write-result.ts";

/** `estimate`: what a review by claude is expected to cost, phase by phase. Needs no key and asks no model. */
export async function estimateCommand(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options.format === "sarif") {
    throw new ConfigurationError("--format: an estimate has no findings; use text, markdown or json");
  }
  const modelId = options.model ?? DEFAULT_MODEL;
  await using order = localOrder({ ...options, engine: "rules" }, env, stderrJournal(options.quiet));
  const claude = { connection: NOWHERE, modelId, effort: undefined };
  const estimate = estimateRun(await prepare({ ...order, claude }, signal), modelId);
  const texts = {
    text: () => estimateText(estimate, modelId),
    markdown: () => estimateMarkdown(estimate, modelId),
    json: () => JSON.stringify({ model: modelId, ...estimate }, null, 2),
  };
  await writeResult(`${texts[options.format]()}\n`, options.output);
  return EXIT.done;
}
