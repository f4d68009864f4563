import { localChangeSource } from "../adapters/git/local-change-source.ts";
import { gitEnvironment } from "../adapters/git/run-git.ts";
import type { Journal } from "../ports/journal.ts";
import { bundleLayout } from "./bundle-layout.ts";
import type { CommandLine } from "./command-line.ts";
import { type ReviewOrder, SETTINGS_PATH } from "./compose-review.ts";
import { chooseEngine, concurrencyFor, DEFAULT_BASE_URL, DEFAULT_CONCURRENCY, DEFAULT_MODEL } from "./engine-choice.ts";

export type CommandOptions = Extract<CommandLine, { readonly options: unknown }>["options"];

/** A review of a git range on this machine, as the command line asks for it. Dispose it to let go of the repository. */
export function localOrder(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  journal: Journal,
): ReviewOrder & AsyncDisposable {
  const program = { executable: "git", environment: gitEnvironment(env) };
  const source = localChangeSource(program, { directory: options.repo, base: options.base, head: options.head });
  const access = {
    apiKey: env["ANTHROPIC_API_KEY"],
    baseUrl: options["base-url"] ?? DEFAULT_BASE_URL,
    modelId: options.model ?? DEFAULT_MODEL,
    effort: options.effort,
  };
  const claude = chooseEngine(options.engine, access, "set ANTHROPIC_API_KEY");
  return {
    source,
    publisher: undefined,
    journal,
    claude,
    concurrency: concurrencyFor(claude, options.concurrency ?? DEFAULT_CONCURRENCY),
    budgetUsd: options.budget,
    failOn: options["fail-on"],
    settingsPath: SETTINGS_PATH,
    layout: bundleLayout(),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
