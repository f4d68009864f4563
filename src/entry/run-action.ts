import { readFile } from "node:fs/promises";

import * as core from "@actions/core";

import type { GitHub } from "../adapters/github/octokit.ts";
import { authorise } from "../adapters/github/permission.ts";
import { readPullRequest } from "../adapters/github/pull-request.ts";
import { logSafe } from "../render/log-safe.ts";
import type { RunnerVariables } from "./action-environment.ts";
import { auditJob } from "./audit-job.ts";
import { gitHubAccess } from "./github-access.ts";
import { readTrigger, type Trigger } from "./github-event.ts";
import type { Inputs } from "./inputs.ts";
import { obeyComment } from "./obey-comment.ts";
import { planPullRequest } from "./plan-pull-request.ts";
import { refactorDispatch } from "./refactor-dispatch.ts";
import { reviewPullRequest } from "./review-pull-request.ts";

/** What the runner gives a step. */
export type ActionWorld = {
  readonly inputs: Inputs;
  readonly runner: RunnerVariables;
  readonly env: NodeJS.ProcessEnv;
};

/** The Action, from the event to outputs and exit code. */
export async function runAction(world: ActionWorld, signal: AbortSignal): Promise<void> {
  const { inputs, runner } = world;
  if (inputs.job === "refactor") return refactorDispatch(world, signal);
  if (inputs.job === "audit") return auditJob(world, signal);
  const payload: unknown = JSON.parse(await readFile(runner.GITHUB_EVENT_PATH, "utf8"));
  const event = { name: runner.GITHUB_EVENT_NAME, payload, runId: runner.GITHUB_RUN_ID };
  const trigger = readTrigger(event, inputs["pull-request"]);
  if (trigger.kind === "nothing") {
    core.info(logSafe(`Nothing to do: ${trigger.reason}.`));
    return;
  }
  const github = gitHubAccess(runner, inputs["github-token"], trigger.pullRequest);
  if (!(await mayStart(trigger, runner, github.read, signal))) return;
  if (trigger.kind !== "pull-request") return obeyComment(world, github, trigger, signal);
  const pull = await readPullRequest(github.read, trigger.pullRequest, signal);
  // By the head that is reviewed, not by the event's: two pushes in a row are two events, and both may find the second head.
  const run = trigger.run === "head" ? `head-${pull.head}` : trigger.run;
  const order = { ...world, github, pull, options: {}, run };
  if (inputs.job === "plan") await planPullRequest(order, signal);
  else await reviewPullRequest({ ...order, commentId: undefined }, signal);
}

/** Whether the people behind the event may start a run: the commenter, and who ran it again. */
async function mayStart(
  trigger: Trigger,
  runner: RunnerVariables,
  read: GitHub,
  signal: AbortSignal,
): Promise<boolean> {
  if (trigger.kind !== "comment" && trigger.kind !== "mistake") return true;
  const actor = runner.GITHUB_TRIGGERING_ACTOR;
  const isRerun = runner.GITHUB_RUN_ATTEMPT !== "1" && actor !== undefined;
  const people = [trigger.commenter, ...(isRerun ? [{ login: actor }] : [])];
  for (const person of people) {
    const authorisation = await authorise(read, person, new Set(), signal);
    if (authorisation.allowed) continue;
    core.info(logSafe(authorisation.reason));
    return false;
  }
  return true;
}
