import { readBranchHead, readDefaultBranch } from "../adapters/github/branch-head.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { chooseFindings, FIX_RECIPE } from "../domain/fix-order.ts";
import type { Proposed } from "../ports/proposer.ts";
import { carryOutRefactor, inputLines } from "./carry-out-refactor.ts";
import { PLAIN_RECIPE } from "./compose-refactor.ts";
import { readFindingsFile } from "./findings-file.ts";
import { proposingAccess } from "./github-access.ts";
import type { Host } from "./host.ts";
import type { Inputs } from "./inputs.ts";
import type { World } from "./world.ts";

/** The job `refactor` of the Action: from the inputs to one pull request, outputs and the job summary. */
export async function refactorDispatch(world: World, signal: AbortSignal): Promise<void> {
  const { inputs, site, host } = world;
  if (inputs.recipe === undefined && inputs.goal === undefined) {
    throw new ConfigurationError("the job refactor needs the input goal or the input recipe");
  }
  const recipe = inputs.recipe ?? PLAIN_RECIPE;
  const files = inputLines(inputs.files);
  const findings = await findingsFor(recipe, inputs, files);
  const access = proposingAccess(site, inputs["github-token"]);
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
  const { proposed, result } = await carryOutRefactor(world, access, assignment, signal);
  if (result.conclusion === "failure") host.fail("Nothing could be changed: the summary says why for each file.");
  else if (proposed.length === 0) {
    host.info(inputs["dry-run"] ? "A dry run: nothing is proposed." : "Nothing was changed, so nothing is proposed.");
  }
  // The first part is where a reader begins.
  for (const part of proposed.toReversed()) {
    for (const note of part.notes) host.warning(note);
    report(part, host);
  }
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

/** What became of the proposal, for the log; a branch without its pull request fails the step, so that somebody sees it. */
function report(proposed: Proposed, host: Host): void {
  switch (proposed.kind) {
    case "opened":
    case "updated":
    case "unchanged":
      host.output("pull-request-url", proposed.url);
      host.info(`${proposed.url} is ${proposed.kind === "opened" ? "open" : proposed.kind}.`);
      return;
    case "branch-only":
      host.output("pull-request-url", "");
      host.fail(
        `The change is on ${proposed.branch}, but has no pull request. ${proposed.reason} Open it by hand: ${proposed.compareUrl}`,
      );
      return;
    case "left-alone":
      host.output("pull-request-url", proposed.url ?? "");
      host.warning(`Nothing was proposed: ${proposed.reason}.`);
      return;
    default:
      proposed satisfies never;
  }
}
