import { openLocalSnapshot } from "../adapters/git/local-snapshot.ts";
import { gitEnvironment } from "../adapters/git/run-git.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { redactor } from "../domain/redact.ts";
import { DEFAULT_SETTINGS } from "../domain/settings.ts";
import { coordinate } from "../flow/coordinator/coordinate.ts";
import { answerText } from "../render/answer-text.ts";
import { secretsInEnvironment } from "./claude-connection.ts";
import { modelOf } from "./compose-review.ts";
import { chooseEngine, DEFAULT_CONCURRENCY } from "./engine-choice.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { folderKeeper } from "./folder-keeper.ts";
import { askFolder, keepAsk } from "./keep-ask.ts";
import { localClaude } from "./local-claude.ts";
import type { CommandOptions } from "./local-order.ts";
import { stderrJournal } from "./stderr-journal.ts";
import { writeResult } from "./write-result.ts";

/** `ask`: a question about a repository on this machine, answered by a coordinator and its subagents. */
export async function askCommand(
  question: string,
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options.format === "sarif")
    throw new ConfigurationError("--format: an answer has no findings; use text, markdown or json");
  const claude = chooseEngine("claude", localClaude(options, env));
  if (claude === undefined) throw new Error("the claude engine was chosen and is not there");
  const program = { executable: "git", environment: gitEnvironment(env) };
  await using opened = await openLocalSnapshot(
    program,
    { directory: options.repo, ref: options.head ?? "HEAD" },
    signal,
  );
  const { snapshot } = opened;
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  const budgetUsd = options.budget ?? DEFAULT_SETTINGS.budgetUsd;
  const journal = stderrJournal(options.quiet);
  const { modelId, effort } = claude;
  const folder = options["output-dir"];
  const secrets = secretsInEnvironment(env);
  await using kept =
    folder === undefined
      ? undefined
      : await keepAsk(
          {
            keeper: folderKeeper({ folder: askFolder(folder), secrets, clean: redactor(secrets) }, "ignore", journal),
            run: "",
            repository: options.repo,
            head: snapshot.sha,
            claude,
            budgetUsd,
            prices: [],
          },
          signal,
        );
  const answer = await coordinate(
    { text: question, context: "" },
    {
      model: modelOf(claude, concurrency),
      modelId,
      effort,
      isRegional: claude.isRegional,
      ...(kept === undefined ? {} : { laneFor: kept.lane }),
      snapshot,
      concurrency,
      budgetUsd,
      onProgress: (description) => journal.write({ kind: "run-start", description }),
    },
    signal,
  );
  const whole = { ...answer, question, head: snapshot.sha };
  const text = options.format === "json" ? JSON.stringify(whole, null, 2) : answerText(whole, {});
  await writeResult(`${text}\n`, options.output);
  if (signal.aborted) return EXIT.interrupted;
  return answer.incomplete === undefined ? EXIT.done : EXIT.failed;
}
