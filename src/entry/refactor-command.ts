import { tmpdir } from "node:os";
import { basename, resolve } from "node:path";

import { applyPatch, openLocalTree } from "../adapters/git/local-tree.ts";
import { gitEnvironment } from "../adapters/git/run-git.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { chooseFindings, FIX_RECIPE } from "../domain/fix-order.ts";
import { DEFAULT_SETTINGS } from "../domain/settings.ts";
import { unifiedDiff } from "../domain/unified-diff.ts";
import { readTexts } from "../flow/read-texts.ts";
import { refactorReport } from "../flow/refactor/refactor-report.ts";
import { runRefactor } from "../flow/refactor/run-refactor.ts";
import { logSafeLines } from "../render/log-safe.ts";
import { planText } from "../render/plan-text.ts";
import { proposalMarkdown } from "../render/proposal-markdown.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { parseCommand, shownCommand } from "./check-command.ts";
import { composeRefactor, PLAIN_RECIPE } from "./compose-refactor.ts";
import { SETTINGS_PATH } from "./compose-review.ts";
import { DEFAULT_CONCURRENCY } from "./engine-choice.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { readFindingsFile } from "./findings-file.ts";
import { localClaude } from "./local-claude.ts";
import type { CommandOptions } from "./local-order.ts";
import { writeRefactorFiles } from "./refactor-files.ts";
import { stderrJournal } from "./stderr-journal.ts";
import { writeResult } from "./write-result.ts";

/**
 * `refactor`: changes the files of a commit on this machine and prints what a pull request would say. The change goes to a patch file,
 * into the work tree, or nowhere.
 */
export async function refactorCommand(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { goal } = options;
  const recipe = options.recipe ?? (options.findings === undefined ? undefined : FIX_RECIPE);
  if (recipe === undefined && goal === undefined) {
    throw new ConfigurationError("refactor needs --goal <text> or --recipe <name>");
  }
  if (options.apply && options.patch !== undefined) {
    throw new ConfigurationError("--apply and --patch: one of the two, the patch can be applied by git apply");
  }
  const findings = await findingsFor(options);
  const check = parseCommand(options.check, "--check");
  const program = { executable: "git", environment: gitEnvironment(env) };
  await using tree = await openLocalTree(program, { directory: options.repo, ref: options.base }, signal);
  const { snapshot, workTree } = tree;
  if (options.apply && workTree === undefined) {
    throw new ConfigurationError("--apply needs a repository with checked-out files; take a patch with --patch");
  }
  await using composed = await composeRefactor(
    {
      base: snapshot,
      guidance: snapshot,
      recipe: recipe ?? PLAIN_RECIPE,
      goal,
      files: options.files,
      contextFiles: options.context,
      findings,
      check,
      formatter: parseCommand(options.formatter, "--formatter"),
      reviews: !options["no-review"],
      settingsPath: SETTINGS_PATH,
      engine: options.engine,
      claude: localClaude(options, env),
      budgetUsd: options.budget ?? DEFAULT_SETTINGS.budgetUsd,
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      journal: stderrJournal(options.quiet),
      layout: bundleLayout(),
      sandbox: {
        checkout: workTree,
        temporaryFolder: tmpdir(),
        path: env["PATH"] ?? "",
        redact: (text) => text,
      },
    },
    signal,
  );
  if (options["dry-run"]) {
    await writeResult(`${planText(composed.prepared.plan)}\n`, options.output);
    return EXIT.done;
  }
  const never = new AbortController().signal;
  const result = await runRefactor(composed.prepared, composed.parts, signal, never);
  const before = await readTexts(
    snapshot,
    result.edits.map(({ path }) => path),
    signal,
  );
  const patch = result.edits
    .map((edit) =>
      unifiedDiff({
        path: edit.path,
        before: before.get(edit.path),
        after: edit.kind === "delete" ? undefined : edit.text,
        executable: edit.kind === "modify" && edit.executable,
      }),
    )
    .join("");
  if (options.patch !== undefined) await writeResult(patch, options.patch);
  if (options.apply && workTree !== undefined && patch !== "") await applyPatch(program, workTree, patch, signal);
  const folder = options["output-dir"];
  const place = { baseBranch: options.base ?? "HEAD", base: snapshot.sha, command: shownCommand(check) };
  const body = proposalMarkdown(result, place);
  const target = { repository: basename(resolve(options.repo)), base: snapshot.sha };
  if (folder !== undefined) await writeRefactorFiles(refactorReport(result, target), body, folder);
  await writeResult(`${logSafeLines(body)}\n`, options.output);
  return result.conclusion === "success" ? EXIT.done : EXIT.failed;
}

/** The findings of `--findings`; undefined where the option is not given. */
async function findingsFor({ findings, ids, files }: CommandOptions): Promise<readonly Finding[] | undefined> {
  if (findings !== undefined) return chooseFindings((await readFindingsFile(findings)).findings, ids ?? [], files);
  if (ids !== undefined) throw new ConfigurationError("--ids needs --findings <findings.json>");
  return undefined;
}
