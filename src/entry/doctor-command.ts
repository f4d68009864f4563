import { tmpdir } from "node:os";
import { resolve } from "node:path";

import { findGitDir } from "../adapters/git/find-git-dir.ts";
import { gitEnvironment, runGit } from "../adapters/git/run-git.ts";
import { loadRules } from "../adapters/rules/load-rules.ts";
import { errorMessage } from "../domain/errors.ts";
import { appChecks, type Check } from "./app/app-checks.ts";
import { DATA_FOLDER } from "./app/data-folder.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { prepare } from "./compose-review.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { localClaude } from "./local-claude.ts";
import { type CommandOptions, localOrder } from "./local-order.ts";
import { stderrJournal } from "./stderr-journal.ts";

/** `doctor`: looks at everything a review on this machine needs, and says of each what was found or how to mend it. */
export async function doctorCommand(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  const layout = bundleLayout();
  const checks: readonly Check[] = [
    { what: "Node", run: async () => process.version },
    ...(options.data === undefined ? localChecks(options, env, signal) : [gitCheck(env, signal)]),
    {
      what: "rules engine",
      run: async () => {
        const { ruleAssets: assets, rulesWorker: workerUrl } = layout;
        const rules = await loadRules({ assets, repository: [], signal, workerUrl });
        return `${rules.syntax.length + rules.text.length} built-in rules`;
      },
    },
    ...appChecks(resolve(options.data ?? DATA_FOLDER), env, signal),
  ];
  let isWell = true;
  for (const { what, run } of checks) {
    try {
      process.stdout.write(`ok    ${what}: ${await run()}\n`);
    } catch (error) {
      isWell = false;
      process.stdout.write(`FAIL  ${what}: ${errorMessage(error)}\n`);
    }
  }
  return isWell ? EXIT.done : EXIT.usage;
}

function gitCheck(env: NodeJS.ProcessEnv, signal: AbortSignal): Check {
  const program = { executable: "git", environment: gitEnvironment(env) };
  return {
    what: "git",
    run: async () => (await runGit({ program, gitDir: tmpdir() }, ["version"], signal)).output.toString().trim(),
  };
}

/** What reviews of a repository on this machine need; whoever names the App's data folder runs the App, and has none. */
function localChecks(options: CommandOptions, env: NodeJS.ProcessEnv, signal: AbortSignal): readonly Check[] {
  const program = { executable: "git", environment: gitEnvironment(env) };
  return [
    {
      what: "git and repository",
      run: async () => {
        const directory = await findGitDir(program, options.repo, signal);
        const { output } = await runGit(directory, ["version"], signal);
        return `${output.toString().trim()}, ${directory.gitDir}`;
      },
    },
    {
      what: "change and settings",
      run: async () => {
        await using order = localOrder({ ...options, engine: "rules" }, env, stderrJournal(true));
        const { changeSet, plan } = await prepare(order, signal);
        return `${changeSet.files.length} changed files in ${plan.subtasks.length} subtasks`;
      },
    },
    {
      what: "claude engine",
      run: async () =>
        localClaude(options, env).connect() === undefined
          ? "no key: set ANTHROPIC_API_KEY to use it; until then the rules engine reviews"
          : "a key or a login is there (it was not tried: that would cost money)",
    },
  ];
}
