import { readFile } from "node:fs/promises";

import * as core from "@actions/core";

import { createGitHub, type GitHub } from "../adapters/github/octokit.ts";
import { authorise } from "../adapters/github/permission.ts";
import { readPullRequest, requireHead } from "../adapters/github/pull-request.ts";
import { logSafe } from "../render/log-safe.ts";
import type { RunnerVariables } from "./action-environment.ts";
import { answerComment } from "./answer-comment.ts";
import { readTrigger, type Trigger } from "./github-event.ts";
import { COMMANDS_HELP } from "./help-text.ts";
import type { Inputs } from "./inputs.ts";
import { planPullRequest } from "./plan-pull-request.ts";
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
  const payload: unknown = JSON.parse(await readFile(runner.GITHUB_EVENT_PATH, "utf8"));
  const event = { name: runner.GITHUB_EVENT_NAME, payload, runId: runner.GITHUB_RUN_ID };
  const trigger = readTrigger(event, inputs["pull-request"]);
  if (trigger.kind === "nothing") {
    core.info(logSafe(`Nothing to do: ${trigger.reason}.`));
    return;
  }
  const client = {
    repository: runner.GITHUB_REPOSITORY,
    token: inputs["github-token"],
    baseUrl: runner.GITHUB_API_URL,
    spacing: isLoopback(runner.GITHUB_API_URL) ? "none" : "github",
  } as const;
  const github = { read: createGitHub(client), write: createGitHub({ ...client, writeTo: trigger.pullRequest }) };
  if (!(await mayStart(trigger, runner, github.read, signal))) return;
  if (trigger.kind === "mistake") {
    return answerComment(world, github, trigger, `${trigger.message}.\n\n${COMMANDS_HELP}`, "confused", signal);
  }
  const pinned = await readPullRequest(github.read, trigger.pullRequest, signal);
  const options = trigger.kind === "comment" ? trigger.command.options : {};
  const pull = options.sha === undefined ? pinned : requireHead(pinned, options.sha);
  const order = { ...world, github, pull, options, run: trigger.run };
  const verb = trigger.kind === "comment" ? trigger.command.verb : inputs.job === "plan" ? "plan" : "review";
  switch (verb) {
    case "review":
    case "full":
      return reviewPullRequest(
        { ...order, commentId: trigger.kind === "comment" ? trigger.commentId : undefined },
        signal,
      );
    case "plan":
    case "estimate":
    case "dry-run": {
      const text = await planPullRequest(order, signal);
      return trigger.kind === "comment" ? answerComment(world, github, trigger, text, "rocket", signal) : undefined;
    }
    default: {
      if (trigger.kind !== "comment") return undefined;
      const known = verb === "help" ? "" : `\`${verb}\` is not available in this version.\n\n`;
      return answerComment(
        world,
        github,
        trigger,
        `${known}${COMMANDS_HELP}`,
        verb === "help" ? "rocket" : "confused",
        signal,
      );
    }
  }
}

/** A GitHub on this machine is the demo's or a test's: it does not ask for pauses between writes. */
function isLoopback(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
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
