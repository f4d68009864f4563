import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as core from "@actions/core";

import { openApiSnapshot } from "../adapters/github/api-snapshot.ts";
import { readBranchHead, readDefaultBranch } from "../adapters/github/branch-head.ts";
import { createProposer } from "../adapters/github/proposer.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { proposalBranch } from "../domain/proposal.ts";
import type { RefactorResult } from "../domain/refactor-result.ts";
import { DEFAULT_SETTINGS } from "../domain/settings.ts";
import { promptTokens } from "../domain/usage.ts";
import { proposalOf } from "../flow/refactor/propose-refactor.ts";
import { runRefactor } from "../flow/refactor/run-refactor.ts";
import type { Proposed } from "../ports/proposer.ts";
import { logSafe } from "../render/log-safe.ts";
import { actionClaude } from "./action-claude.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { parseCheck, shownCommand } from "./check-command.ts";
import { composeRefactor, PLAIN_RECIPE } from "./compose-refactor.ts";
import { proposingAccess } from "./github-access.ts";
import { repositoryUrl } from "./pull-request-order.ts";
import type { ActionWorld } from "./run-action.ts";
import { cleaner, runnerLog } from "./runner-log.ts";

/** Events that only people with write access, or the repository's own schedule, can cause. */
const EVENTS: ReadonlySet<string> = new Set(["workflow_dispatch", "schedule"]);

/** The job `refactor` of the Action: from the inputs to one pull request, outputs and the job summary. */
export async function refactorDispatch(world: ActionWorld, signal: AbortSignal): Promise<void> {
  const { inputs, runner } = world;
  if (!EVENTS.has(runner.GITHUB_EVENT_NAME)) {
    throw new ConfigurationError(
      `the job refactor is started by workflow_dispatch or schedule, not by ${runner.GITHUB_EVENT_NAME}`,
    );
  }
  if (inputs.recipe === undefined && inputs.goal === undefined) {
    throw new ConfigurationError("the job refactor needs the input goal or the input recipe");
  }
  const recipe = inputs.recipe ?? PLAIN_RECIPE;
  const access = proposingAccess(runner, inputs["github-token"]);
  const clean = cleaner(world);
  const say = (text: string): string => logSafe(clean(text));
  const defaultBranch = await readDefaultBranch(access.github, signal);
  const baseBranch = inputs["base-branch"] ?? defaultBranch;
  const [head, guidanceHead] = await Promise.all([
    readBranchHead(access.github, baseBranch, signal),
    readBranchHead(access.github, defaultBranch, signal),
  ]);
  const base = await openApiSnapshot(access.github, head, signal);
  const guidance = head === guidanceHead ? base : await openApiSnapshot(access.github, guidanceHead, signal);
  await using composed = await composeRefactor(
    {
      base,
      guidance,
      recipe,
      goal: inputs.goal,
      files: lines(inputs.files),
      contextFiles: lines(inputs["context-files"]),
      check: parseCheck(inputs.check, "input check"),
      engine: inputs.engine,
      claude: actionClaude(world),
      budgetUsd: inputs["budget-usd"] ?? DEFAULT_SETTINGS.budgetUsd,
      concurrency: inputs["max-concurrency"],
      journal: runnerLog(world),
      layout: bundleLayout(),
      sandbox: {
        checkout: runner.GITHUB_WORKSPACE,
        temporaryFolder: runner.RUNNER_TEMP,
        path: world.env["PATH"] ?? "",
        redact: clean,
      },
    },
    signal,
  );
  const { prepared, parts, check } = composed;
  const deadline = AbortSignal.timeout(inputs["time-limit-minutes"] * 60_000);
  const result = await runRefactor(prepared, parts, signal, deadline);
  const home = repositoryUrl(world);
  const identity = [recipe, baseBranch, ...lines(inputs.files)];
  const proposal = proposalOf(prepared, result, {
    baseBranch,
    base: head,
    command: shownCommand(check),
    runUrl: `${home}/actions/runs/${runner.GITHUB_RUN_ID}`,
    branch: inputs.branch === undefined ? undefined : proposalBranch(inputs.branch, identity),
    draft: inputs.draft,
    identity,
  });
  const body = clean(proposal.body);
  const folder = inputs["output-dir"] ?? join(runner.RUNNER_TEMP, "parallel-review");
  await mkdir(folder, { recursive: true });
  const reportPath = join(folder, "proposal.md");
  await writeFile(reportPath, body);
  await core.summary.addRaw(`## ${clean(proposal.title)}\n\n${body}`).write();
  setOutputs(result, reportPath);
  if (result.edits.length === 0) {
    core.info("Nothing was changed, so nothing is proposed.");
    return;
  }
  if (inputs["dry-run"]) {
    core.info("A dry run: nothing is proposed.");
    return;
  }
  const proposer = createProposer({ github: access.github, repositoryUrl: home, sleep: access.sleep });
  const proposed = await proposer.propose({ ...proposal, body }, signal);
  for (const note of proposed.notes) core.warning(say(note));
  report(proposed, say);
}

function lines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function setOutputs(result: RefactorResult, reportPath: string): void {
  const outputs: Readonly<Record<string, string>> = {
    conclusion: result.conclusion,
    "cost-usd": result.costUsd.toFixed(4),
    "input-tokens": String(promptTokens(result.usage)),
    "output-tokens": String(result.usage.outputTokens),
    speedup: result.schedule.speedup.toFixed(2),
    "report-path": reportPath,
  };
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
}

/** What became of the proposal, for the log; a branch without its pull request fails the step, so that somebody sees it. */
function report(proposed: Proposed, say: (text: string) => string): void {
  switch (proposed.kind) {
    case "opened":
    case "updated":
    case "unchanged":
      core.setOutput("pull-request-url", proposed.url);
      core.info(say(`${proposed.url} is ${proposed.kind === "opened" ? "open" : proposed.kind}.`));
      return;
    case "branch-only":
      core.setOutput("pull-request-url", "");
      core.setFailed(
        say(
          `The change is on ${proposed.branch}, but has no pull request. ${proposed.reason} Open it by hand: ${proposed.compareUrl}`,
        ),
      );
      return;
    case "left-alone":
      core.setOutput("pull-request-url", proposed.url ?? "");
      core.warning(say(`Nothing was proposed: ${proposed.reason}.`));
      return;
    default:
      proposed satisfies never;
  }
}
