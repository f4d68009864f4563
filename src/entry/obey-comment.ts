import { readPullRequest, requireHead } from "../adapters/github/pull-request.ts";
import { react, type Reaction } from "../adapters/github/reaction.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { Trigger } from "../domain/trigger.ts";
import { inlineText } from "../render/neutralize.ts";
import { answerComment } from "./answer-comment.ts";
import { askPullRequest } from "./ask-pull-request.ts";
import type { GitHubAccess } from "./github-access.ts";
import { COMMANDS_HELP } from "./help-text.ts";
import { planPullRequest } from "./plan-pull-request.ts";
import type { PullRequestOrder } from "./pull-request-order.ts";
import { reviewPullRequest } from "./review-pull-request.ts";
import type { World } from "./world.ts";

type FromComment = Extract<Trigger, { readonly kind: "comment" | "mistake" }>;

/** Longest explanation in an answer; mistakes in a settings file can be many. */
const MAX_REASON = 2_000;

/** Does what a comment asks for, or says under it why not. The commenter's right to ask has been checked. */
export async function obeyComment(
  world: World,
  github: GitHubAccess,
  trigger: FromComment,
  signal: AbortSignal,
): Promise<void> {
  const answer = (text: string, reaction: Reaction): Promise<void> =>
    answerComment(world, github, trigger, text, reaction, signal);
  const explain = async (error: unknown): Promise<never> => {
    if (error instanceof ConfigurationError) await answer(inlineText(error.message, MAX_REASON), "confused");
    throw error;
  };
  if (trigger.kind === "mistake") return answer(`${inlineText(trigger.message)}.\n\n${COMMANDS_HELP}`, "confused");
  const { verb } = trigger.command;
  switch (verb) {
    case "review":
    case "full": {
      const order = await orderOf(world, github, trigger, signal).catch(explain);
      return reviewPullRequest({ ...order, commentId: trigger.commentId }, signal);
    }
    case "plan":
    case "estimate":
    case "dry-run": {
      const order = await orderOf(world, github, trigger, signal).catch(explain);
      return answer(await planPullRequest(order, signal).catch(explain), "rocket");
    }
    case "ask": {
      const { question } = trigger.command;
      const order = await orderOf(world, github, trigger, signal).catch(explain);
      return answer(await askPullRequest(question, order, signal).catch(explain), "rocket");
    }
    case "stop":
      // The running review reads this comment itself: this job may be waiting in line behind it.
      await react(github.write, trigger.commentId, "rocket", signal);
      return undefined;
    case "help":
      return answer(COMMANDS_HELP, "rocket");
    default:
      return answer(`\`${verb}\` is not available in this version.\n\n${COMMANDS_HELP}`, "confused");
  }
}

async function orderOf(
  world: World,
  github: GitHubAccess,
  { pullRequest, command: { options }, run }: Extract<FromComment, { readonly kind: "comment" }>,
  signal: AbortSignal,
): Promise<PullRequestOrder> {
  const pinned = await readPullRequest(github.read, pullRequest, signal);
  const pull = options.sha === undefined ? pinned : requireHead(pinned, options.sha);
  return { ...world, github, pull, options, run };
}
