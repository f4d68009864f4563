import { ConfigurationError } from "../domain/errors.ts";
import { planMarkdown, planText } from "../render/plan-text.ts";
import { prepare } from "./compose-review.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { type CommandOptions, localOrder } from "./local-order.ts";
import { stderrJournal } from "./stderr-journal.ts";
import { writeResult } from "./write-result.ts";

/** `plan`: what a review would read, in which subtasks and why. Asks no model. */
export async function planCommand(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options.format === "sarif")
    throw new ConfigurationError("--format: a plan has no findings; use text, markdown or json");
  await using order = localOrder(options, env, stderrJournal(options.quiet));
  const { plan } = await prepare(order, signal);
  const texts = {
    text: () => planText(plan),
    markdown: () => planMarkdown(plan),
    json: () => JSON.stringify(plan, null, 2),
  };
  await writeResult(`${texts[options.format]()}\n`, options.output);
  return EXIT.done;
}
