import { openApiSnapshot } from "../adapters/github/api-snapshot.ts";
import { createProposer } from "../adapters/github/proposer.ts";
import { budgetOf } from "../domain/budget-of.ts";
import type { Sha } from "../domain/change-set.ts";
import type { CommandOptions } from "../domain/comment-command.ts";
import type { EditLog } from "../domain/edit-log.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { secretMasker } from "../domain/redact.ts";
import type { RefactorResult } from "../domain/refactor-result.ts";
import type { Report } from "../domain/report.ts";
import { DEFAULT_SETTINGS } from "../domain/settings.ts";
import { proposalsOf } from "../flow/refactor/propose-refactor.ts";
import { proposeStack } from "../flow/refactor/propose-stack.ts";
import { refactorReport } from "../flow/refactor/refactor-report.ts";
import { runRefactor } from "../flow/refactor/run-refactor.ts";
import type { Proposed } from "../ports/proposer.ts";
import { proposalMarkdown, proposalTitle } from "../render/proposal-markdown.ts";
import { actionClaude } from "./action-claude.ts";
import { actionOutputs } from "./action-outputs.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { parseCommand, shownCommand } from "./check-command.ts";
import { cleanReport } from "./clean-report.ts";
import { composeRefactor } from "./compose-refactor.ts";
import type { ProposingAccess } from "./github-access.ts";
import type { Host } from "./host.ts";
import { type RefactorFiles, writeRefactorFiles } from "./refactor-files.ts";
import { cleaner, secretsOf } from "./runner-log.ts";
import { outputFolder, repositoryUrl, type World } from "./world.ts";

/** A refactor that a job is to carry out, whoever asked for it. The check comes from the workflow's inputs in any case. */
export type RefactorAssignment = {
  /** The commit that is changed, and the branch that the change is offered to. */
  readonly head: Sha;
  readonly baseBranch: string;
  /** Where recipes, settings and guidance are read: the tip of the default branch. */
  readonly guidanceHead: Sha;
  readonly recipe: string;
  readonly goal: string | undefined;
  /** Globs that a person wrote; [] to take the recipe's. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[] | undefined;
  /** What makes this request this one and no other, beside its goal: the same has the same branch. */
  readonly identity: readonly string[];
  /** Names the request among those that the host may keep; absent: it is not kept. */
  readonly run?: string;
  /** In place of what the inputs say. */
  readonly options: Pick<CommandOptions, "model" | "effort" | "budgetUsd" | "concurrency">;
};

/** How it ended. `proposed` has what became of each part, in order; nothing when there was nothing to propose, or for a dry run. */
export type RefactorEnd = {
  readonly result: RefactorResult;
  readonly proposed: readonly Proposed[];
  /** The text of the proposal as a whole, without secrets. */
  readonly body: string;
};

/**
 * Plans, writes, checks and proposes. Sets the job's outputs, and leaves the text of the proposal in the output directory and the summary.
 * @throws {ConfigurationError | ExternalError}
 */
export async function carryOutRefactor(
  world: World,
  access: ProposingAccess,
  assignment: RefactorAssignment,
  signal: AbortSignal,
): Promise<RefactorEnd> {
  const { inputs, site, host } = world;
  const { head, baseBranch, guidanceHead, findings = [], options } = assignment;
  const identity = [...assignment.identity, ...findings.map(({ fingerprint }) => fingerprint)];
  const clean = cleaner(world);
  const check = parseCommand(inputs.check, "input check");
  const budgetUsd = budgetOf(
    { budgetUsd: options.budgetUsd ?? inputs["budget-usd"], mostUsd: world.mostUsd },
    DEFAULT_SETTINGS,
  );
  const { keeper, journal } = host;
  const { run } = assignment;
  const keeping =
    keeper === undefined || run === undefined
      ? undefined
      : { keeper, run, repository: site.repository, head, guidance: guidanceHead, budgetUsd, journal };
  const base = await openApiSnapshot(access.github, head, signal);
  const guidance = head === guidanceHead ? base : await openApiSnapshot(access.github, guidanceHead, signal);
  await using composed = await composeRefactor(
    {
      ...assignment,
      base,
      guidance,
      contextFiles: inputLines(inputs["context-files"]),
      check,
      formatter: parseCommand(inputs.formatter, "input formatter"),
      reviews: inputs["review-change"],
      settingsPath: inputs["config-path"],
      engine: inputs.engine,
      claude: actionClaude(world, options),
      budgetUsd,
      concurrency: options.concurrency ?? inputs["max-concurrency"],
      journal,
      keeping,
      layout: bundleLayout(),
      sandbox: {
        checkout: site.workspace,
        temporaryFolder: site.temporaryFolder,
        path: world.env["PATH"] ?? "",
        redact: clean,
      },
    },
    signal,
  );
  const { prepared, parts, checkpoint } = composed;
  const deadline = AbortSignal.timeout(inputs["time-limit-minutes"] * 60_000);
  const result = await runRefactor(prepared, parts, signal, deadline);
  const home = repositoryUrl(world);
  const stack = proposalsOf(prepared, result, {
    baseBranch,
    base: head,
    command: shownCommand(check),
    runUrl: host.runUrl,
    words: inputs.branch,
    draft: inputs.draft,
    identity,
    limits: { files: inputs["max-files-per-pull-request"], lines: inputs["max-lines-per-pull-request"] },
  });
  const text = proposalMarkdown(result, { baseBranch, base: head, command: shownCommand(check), runUrl: host.runUrl });
  const body = clean(text);
  const folder = outputFolder(world);
  const report = refactorReport(result, { repository: site.repository, base: head });
  checkpoint?.saveFinalReport(report);
  checkpoint?.ending({ timeUp: deadline.aborted });
  const files = await writeRefactorFiles(cleanReport(report, clean), body, folder);
  await host.summary(`## ${proposalTitle(result.goal)}\n\n${body}`);
  setOutputs(host, report, files);
  const end = { result, body };
  if (result.edits.length === 0 || inputs["dry-run"]) return { ...end, proposed: [] };
  requireNoSecret(result.edits, secretMasker(secretsOf(world)));
  const proposer = createProposer({ github: access.github, repositoryUrl: home, sleep: access.sleep });
  return { ...end, proposed: await proposeStack(proposer, stack, { base: head, clean }, signal) };
}

/** Only numbers, paths and words of ours; findings are those of the fresh reviewers. */
function setOutputs(host: Host, report: Report, files: RefactorFiles): void {
  const written = { json: files.json, markdown: files.markdown, sarif: "" };
  for (const [name, value] of Object.entries(actionOutputs(report, written, undefined))) host.output(name, value);
}

/** @throws {ConfigurationError} an edit holds our token or key: masked it would be wrong code, and as it is it must not leave. */
function requireNoSecret(edits: EditLog, mask: (text: string) => string): void {
  const found = edits.find((edit) => edit.kind !== "delete" && mask(edit.text) !== edit.text);
  if (found === undefined) return;
  throw new ConfigurationError(
    `This change is not proposed: ${JSON.stringify(found.path)} would hold the token or the key of this run; replace both`,
  );
}

/** The lines of a multi-line input that say something. */
export function inputLines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
