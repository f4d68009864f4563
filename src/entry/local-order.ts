import { localChangeSource } from "../adapters/git/local-change-source.ts";
import { gitEnvironment } from "../adapters/git/run-git.ts";
import type { Journal } from "../ports/journal.ts";
import { bundleLayout } from "./bundle-layout.ts";
import type { CommandLine } from "./command-line.ts";
import { type ReviewOrder, SETTINGS_PATH } from "./compose-review.ts";
import { chooseEngine, concurrencyFor, DEFAULT_CONCURRENCY } from "./engine-choice.ts";
import { localClaude } from "./local-claude.ts";

export type CommandOptions = Extract<CommandLine, { readonly options: unknown }>["options"];

/** A review of a git range on this machine, as the command line asks for it. Dispose it to let go of the repository. */
export function localOrder(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  journal: Journal,
): ReviewOrder & AsyncDisposable {
  const program = { executable: "git", environment: gitEnvironment(env) };
  const source = localChangeSource(program, { directory: options.repo, base: options.base, head: options.head });
  const claude = chooseEngine(options.engine, localClaude(options, env));
  return {
    source,
    publisher: undefined,
    journal,
    claude,
    concurrency: concurrencyFor(claude, options.concurrency ?? DEFAULT_CONCURRENCY),
    lenses: options.lens,
    verifierModel: options["verifier-model"],
    budgetUsd: options.budget,
    failOn: options["fail-on"],
    settingsPath: SETTINGS_PATH,
    layout: bundleLayout(),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
