import * as core from "@actions/core";

import { readBranchHead, readDefaultBranch } from "../adapters/github/branch-head.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { chooseFindings, FIX_RECIPE } from "../domain/fix-order.ts";
import type { RefactorResult } from "../domain/refactor-result.ts";
import { promptTokens } from "../domain/usage.ts";
import type { Proposed } from "../ports/proposer.ts";
import { logSafe } from "../render/log-safe.ts";
import { carryOutRefactor, inputLines } from "./carry-out-refactor.ts";
import { PLAIN_RECIPE } from "./compose-refactor.ts";
import { readFindingsFile } from "./findings-file.ts";
import { proposingAccess } from "./github-access.ts";
import type { Inputs } from "./inputs.ts";
import type { ActionWorld } from "./run-action.ts";
import { cleaner } from "./runner-log.ts";

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
  const files = inputLines(inputs.files);
  const findings = await findingsFor(recipe, inputs, files);
  const access = proposingAccess(runner, inputs["github-token"]);
  const clean = cleaner(inputs);
  const say = (text: string): string => logSafe(clean(text));
  const defaultBranch = await readDefaultBranch(access.github, signal);
  const baseBranch = inputs["base-branch"] ?? defaultBranch;
  const [head, guidanceHead] = await Promise.all([
    readBranchHead(access.github, baseBranch, signal),
    readBranchHead(access.github, defaultBranch, signal),
  ]);
  const identity = [recipe, baseBranch, ...files];
  const assignment = {
    head,
    baseBranch,
    guidanceHead,
    recipe,
    goal: inputs.goal,
    files,
    findings,
    identity,
    options: {},
  };
  const { result, proposed, reportPath } = await carryOutRefactor(world, access, assignment, signal);
  setOutputs(result, reportPath);
  if (proposed === undefined) {
    core.info(inputs["dry-run"] ? "A dry run: nothing is proposed." : "Nothing was changed, so nothing is proposed.");
    return;
  }
  for (const note of proposed.notes) core.warning(say(note));
  report(proposed, say);
}

/** The findings that the inputs name; undefined for a recipe that needs none. */
async function findingsFor(
  recipe: string,
  inputs: Inputs,
  files: readonly string[],
): Promise<readonly Finding[] | undefined> {
  if (recipe !== FIX_RECIPE) return undefined;
  const place = inputs["findings-path"];
  if (place === undefined) {
    throw new ConfigurationError(
      `the recipe ${FIX_RECIPE} needs the input findings-path: a findings.json or its folder`,
    );
  }
  const { findings } = await readFindingsFile(place);
  return chooseFindings(findings, inputs["finding-ids"], files);
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
