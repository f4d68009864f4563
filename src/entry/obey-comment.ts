import { type PullRequest, requireHead } from "../adapters/github/pull-request.ts";
import { react } from "../adapters/github/reaction.ts";
import type { CommentCommand } from "../domain/comment-command.ts";
import { ConfigurationError, errorMessage } from "../domain/errors.ts";
import { isMoved } from "../domain/stop.ts";
import type { Trigger } from "../domain/trigger.ts";
import { inlineText } from "../render/neutralize.ts";
import { answerComment, type Reply, wasAnswered } from "./answer-comment.ts";
import type { GitHubAccess } from "./github-access.ts";
import { COMMANDS_HELP } from "./help-text.ts";
import type { ReviewRequested } from "./pull-request-order.ts";
import { reviewInStages } from "./review-stages.ts";
import type { CommentOrder } from "./verbs/comment-order.ts";
import type { World } from "./world.ts";

type FromComment = Extract<Trigger, { readonly kind: "comment" | "mistake" }>;
type Commanded = Extract<FromComment, { readonly kind: "comment" }>;

/** The way to GitHub, and the pull request that is commented on, which may be on its way already. */
type CommentAccess = GitHubAccess & { readonly readPull: () => Promise<PullRequest> };

/** How long the answer to a command that was stopped may take: a workflow that is cancelled ends soon. */
const LAST_WORDS_MS = 5_000;
/** Longest explanation in an answer; mistakes in a settings file can be many. */
const MAX_REASON = 2_000;

/** Does what a comment asks for, or says under it why not. The commenter's right to ask has been checked. */
export async function obeyComment(
  world: World,
  github: CommentAccess,
  trigger: FromComment,
  signal: AbortSignal,
): Promise<void> {
  if (world.inputs.stage === "analyze" || world.inputs.stage === "publish") {
    return goOnAfterGate(world, github, trigger, signal);
  }
  const { helps = false } = world.host;
  // Who asked is told, also of a stop; but not while another process goes on with it.
  const words = (): AbortSignal => (signal.aborted && !isMoved(signal) ? AbortSignal.timeout(LAST_WORDS_MS) : signal);
  const answer = async (reply: Reply): Promise<void> => {
    // Whoever is helped speaks.
    if (!helps) await answerComment(world, github, trigger, reply, words());
  };
  if (trigger.kind === "mistake") {
    return answer({ text: `${inlineText(trigger.message)}.\n\n${COMMANDS_HELP}`, reaction: "confused" });
  }
  const { verb } = trigger.command;
  if (verb === "stop") {
    await world.host.stopOthers?.(trigger.pullRequest, `@${trigger.commenter.login} asked to stop`, signal);
    // Elsewhere the running review reads this comment itself: this job may be waiting in line behind it.
    await react(github.write, trigger, "rocket", signal);
    return;
  }
  if (!REVIEWS.has(verb) && (await wasAnswered(world, github, trigger, signal))) return;
  if (SLOW.has(verb) && !world.inputs["dry-run"] && !helps) await react(github.write, trigger, "eyes", signal);
  const { review, reply } = await carryOutCommand(world, github, trigger, signal).catch(explain);
  if (review !== undefined) await reviewInStages(review, signal);
  if (reply !== undefined) await answer(reply);

  async function explain(error: unknown): Promise<never> {
    if (signal.aborted && !isMoved(signal) && !REVIEWS.has(verb)) {
      await answer({ text: `I stopped: ${inlineText(errorMessage(signal.reason))}.`, reaction: "confused" });
    } else if (error instanceof ConfigurationError) {
      await answer({ text: inlineText(error.message, MAX_REASON), reaction: "confused" });
    }
    throw error;
  }
}

/** Answers are the gate's; what the command wants to be reviewed is left. */
async function goOnAfterGate(
  world: World,
  github: CommentAccess,
  trigger: FromComment,
  signal: AbortSignal,
): Promise<void> {
  const isReview =
    trigger.kind === "comment" && (REVIEWS.has(trigger.command.verb) || trigger.command.verb === "resume");
  const { review } = isReview ? await carryOutCommand(world, github, trigger, signal) : {};
  if (review === undefined) return world.host.info("Nothing to do: the gate has answered this command.");
  return reviewInStages(review, signal);
}

/** Their own posts say what became of them. */
const REVIEWS: ReadonlySet<string> = new Set<CommentCommand["verb"]>(["review", "full", "retry"]);
/** What takes long enough that people want to see that it was heard. Reviews show it by themselves. */
const SLOW: ReadonlySet<string> = new Set<CommentCommand["verb"]>(["ask", "explain", "fix", "refactor", "audit"]);

type Outcome = {
  readonly review?: ReviewRequested;
  readonly reply?: Reply;
};

async function carryOutCommand(
  world: World,
  github: CommentAccess,
  trigger: Commanded,
  signal: AbortSignal,
): Promise<Outcome> {
  const { command } = trigger;
  const order = await orderOf(world, github, trigger);
  switch (command.verb) {
    case "review":
    case "full":
      return { review: order };
    case "retry":
      return (await import("./verbs/go-on.ts")).retryReview(order, signal);
    case "resume":
      return (await import("./verbs/go-on.ts")).resumeReviews(order, signal);
    case "plan":
    case "estimate":
    case "dry-run": {
      const { planPullRequest } = await import("./plan-pull-request.ts");
      return { reply: { text: await planPullRequest(order, signal), reaction: "rocket" } };
    }
    case "ask": {
      const { askPullRequest } = await import("./ask-pull-request.ts");
      return { reply: await askPullRequest(command.question, order, signal) };
    }
    case "status":
      return { reply: await (await import("./verbs/show-status.ts")).showStatus(order, signal) };
    case "config":
      return { reply: await (await import("./verbs/show-config.ts")).showConfig(order, signal) };
    case "pause":
      return { reply: await (await import("./verbs/pause-reviews.ts")).pauseReviews(order, signal) };
    case "explain":
      return { reply: await (await import("./verbs/explain-named.ts")).explainNamed(order, command.id, signal) };
    case "ignore":
      return { reply: await (await import("./verbs/ignore-finding.ts")).ignoreFinding(order, command, signal) };
    case "fix":
      return { reply: await (await import("./verbs/propose-follow-up.ts")).proposeFixes(order, command.ids, signal) };
    case "refactor":
      return { reply: await (await import("./verbs/propose-follow-up.ts")).proposeRefactor(order, command, signal) };
    case "audit":
      return { reply: await (await import("./verbs/audit-head.ts")).auditHead(order, command.recipe, signal) };
    case "help":
      return { reply: { text: COMMANDS_HELP, reaction: "rocket" } };
    case "stop":
      return {};
    default:
      return command satisfies never;
  }
}

async function orderOf(
  world: World,
  { readPull, ...github }: CommentAccess,
  trigger: Commanded,
): Promise<CommentOrder> {
  const { options } = trigger.command;
  const pinned = await readPull();
  const pull = options.sha === undefined ? pinned : requireHead(pinned, options.sha);
  return { ...world, github, pull, options, run: trigger.run, asked: trigger };
}
