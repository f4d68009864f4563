import { readFile } from "node:fs/promises";

import { ConfigurationError } from "../domain/errors.ts";
import type { RunnerVariables } from "./action-environment.ts";
import { actionHost } from "./action-host.ts";
import { carryOut } from "./carry-out.ts";
import { readTrigger } from "./github-event.ts";
import type { Inputs } from "./inputs.ts";
import type { World } from "./world.ts";

/** What the runner gives a step. */
type ActionStep = {
  readonly inputs: Inputs;
  readonly runner: RunnerVariables;
  readonly env: NodeJS.ProcessEnv;
};

/** Events that name no pull request and that only people with write access, or the clock, can bring about. */
const REFACTOR_EVENTS: ReadonlySet<string> = new Set(["workflow_dispatch", "schedule"]);
const AUDIT_EVENTS: ReadonlySet<string> = new Set([...REFACTOR_EVENTS, "repository_dispatch", "workflow_call"]);

/** The Action, from the event to outputs and exit code. What a review does not take is loaded by the job that does. */
export async function runAction(step: ActionStep, signal: AbortSignal): Promise<void> {
  const { inputs, runner } = step;
  const world = worldOf(step);
  const name = runner.GITHUB_EVENT_NAME;
  if (inputs.batch && inputs.job !== "audit") {
    world.host.warning(
      `batch: true has no effect here: only job: audit asks in batches, and this is job: ${inputs.job}. Leave batch away`,
    );
  }
  if (inputs.job === "refactor") {
    if (REFACTOR_EVENTS.has(name)) return (await import("./refactor-dispatch.ts")).refactorDispatch(world, signal);
    throw new ConfigurationError(`the job refactor is started by workflow_dispatch or schedule, not by ${name}`);
  }
  if (inputs.job === "audit") {
    if (AUDIT_EVENTS.has(name)) return (await import("./audit-job.ts")).auditJob(world, signal);
    throw new ConfigurationError(
      `job: audit runs on schedule and workflow_dispatch, not on ${name}: start its workflow by one of them`,
    );
  }
  const payload: unknown = JSON.parse(await readFile(runner.GITHUB_EVENT_PATH, "utf8"));
  const trigger = readTrigger({ name, payload, runId: runner.GITHUB_RUN_ID }, inputs["pull-request"]);
  await carryOut(world, trigger, signal);
}

function worldOf({ inputs, runner, env }: ActionStep): World {
  const home = `${runner.GITHUB_SERVER_URL}/${runner.GITHUB_REPOSITORY}`;
  return {
    inputs,
    env,
    host: actionHost({ inputs, env }, `${home}/actions/runs/${runner.GITHUB_RUN_ID}`),
    site: {
      repository: runner.GITHUB_REPOSITORY,
      apiUrl: runner.GITHUB_API_URL,
      serverUrl: runner.GITHUB_SERVER_URL,
      workflow: runner.GITHUB_WORKFLOW,
      temporaryFolder: runner.RUNNER_TEMP,
      workspace: runner.GITHUB_WORKSPACE,
      rerunBy: runner.GITHUB_RUN_ATTEMPT === "1" ? undefined : runner.GITHUB_TRIGGERING_ACTOR,
      ref: runner.GITHUB_REF,
      sha: runner.GITHUB_SHA,
    },
  };
}
