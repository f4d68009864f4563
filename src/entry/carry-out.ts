import type { GitHub } from "../adapters/github/octokit.ts";
import { authorise } from "../adapters/github/permission.ts";
import { type PullRequest, readPullRequest } from "../adapters/github/pull-request.ts";
import { readReviewMemory } from "../adapters/github/review-memory.ts";
import type { Requester, Trigger } from "../domain/trigger.ts";
import { gitHubAccess } from "./github-access.ts";
import { obeyComment } from "./obey-comment.ts";
import { claudeFor, headRun } from "./pull-request-order.ts";
import { reviewInStages } from "./review-stages.ts";
import type { World } from "./world.ts";

/**
 * Does what an event asked for: the one door behind every event, whoever received it. People are asked for by name first, and those who may not
 * start a run get nothing but a line in the log.
 */
export async function carryOut(world: World, trigger: Trigger, signal: AbortSignal): Promise<void> {
  const { inputs, site, host } = world;
  // Whatever the gate does not let pass, the next jobs do not begin with.
  if (inputs.stage === "gate" && trigger.kind !== "audit") host.output("matrix", "[]");
  if (trigger.kind === "nothing") return host.info(`Nothing to do: ${trigger.reason}.`);
  if (trigger.kind === "stop") return host.info(`Nothing to start: ${trigger.reason}.`);
  if (trigger.kind === "audit") return (await import("./audit-job.ts")).auditJob(auditWorld(world, trigger), signal);
  const github = gitHubAccess(site, inputs["github-token"], trigger.pullRequest, world.writeToken);
  // Asked for together, for an answer of GitHub's takes its time. Nothing else is begun before it is known who may.
  const reading = takesPullRequest(trigger) ? readPullRequest(github.read, trigger.pullRequest, signal) : undefined;
  // Whoever waits for it is told; those who may not start a run are told nothing.
  reading?.catch(() => undefined);
  if (!(await mayStart(world, trigger, github.read, signal))) return;
  const readPull = (): Promise<PullRequest> => reading ?? readPullRequest(github.read, trigger.pullRequest, signal);
  if (trigger.kind !== "pull-request") return obeyComment(world, { ...github, readPull }, trigger, signal);
  const isAutomatic = trigger.run === "head" && trigger.requester === undefined;
  const pausedBy = isAutomatic ? await whoPaused(world, github.read, trigger.pullRequest, signal) : undefined;
  if (pausedBy !== undefined) {
    return host.info(`Nothing to do: ${pausedBy} paused automatic reviews here; /parallel-review resume ends that.`);
  }
  const pull = await readPull();
  // By the head that is reviewed, not by the event's: two pushes in a row are two events, and both may find the second head.
  const run = trigger.run === "head" ? headRun(pull) : trigger.run;
  if (trigger.run === "head" && (await host.wasDone?.(run)) === true) {
    return host.info("Nothing to do: this head was reviewed before.");
  }
  const order = { ...world, github, pull, options: {}, run };
  if (inputs.job === "plan") await (await import("./plan-pull-request.ts")).planPullRequest(order, signal);
  else await reviewInStages(order, signal);
}

/** Whether nothing can be done without the facts of the pull request. */
function takesPullRequest(trigger: Trigger): boolean {
  return trigger.kind === "pull-request" || (trigger.kind === "comment" && trigger.command.verb !== "stop");
}

/** What a workflow would say for this audit. Of two budgets the smaller one counts. */
function auditWorld(world: World, audit: Extract<Trigger, { readonly kind: "audit" }>): World {
  const { inputs } = world;
  const budgets = [inputs["budget-usd"], audit.budgetUsd].filter((budget) => budget !== undefined);
  return {
    ...world,
    inputs: {
      ...inputs,
      job: "audit",
      stage: "all",
      recipe: audit.recipe,
      "publish-to": audit.publishTo,
      "report-path": audit.reportPath,
      "budget-usd": budgets.length === 0 ? undefined : Math.min(...budgets),
    },
  };
}

/** A pause that cannot be read holds nothing up: a review too many is better than one too few. */
async function whoPaused(
  { host }: World,
  read: GitHub,
  number: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const memory = await readReviewMemory(read, number, host.identity, signal);
  return memory.ok ? memory.data.pausedBy : undefined;
}

/**
 * Whether the people behind the event may start a run: who asked for it, and who ran it again. A push is nobody's wish; whose push it was
 * matters only where it would cost money.
 */
async function mayStart(world: World, trigger: Trigger, read: GitHub, signal: AbortSignal): Promise<boolean> {
  const { site, host } = world;
  const requester = askedBy(trigger);
  const isPush = trigger.kind === "pull-request" && trigger.requester === undefined;
  if (requester === undefined || (isPush && claudeFor({ ...world, options: {} }) === undefined)) return true;
  const people = [requester, ...(site.rerunBy === undefined ? [] : [{ login: site.rerunBy }])];
  for (const person of people) {
    const authorisation = await authorise(read, person, new Set(), signal);
    if (authorisation.allowed) continue;
    host.info(authorisation.reason);
    return false;
  }
  return true;
}

function askedBy(trigger: Trigger): Requester | undefined {
  switch (trigger.kind) {
    case "comment":
    case "mistake":
      return trigger.commenter;
    case "pull-request":
      return trigger.requester ?? trigger.pusher;
    case "audit":
    case "stop":
    case "nothing":
      return undefined;
    default:
      return trigger satisfies never;
  }
}
