import { readPullRequest, requireHead } from "../adapters/github/pull-request.ts";
import { react } from "../adapters/github/reaction.ts";
import type { CommentCommand } from "../domain/comment-command.ts";
import { ConfigurationError, errorMessage } from "../domain/errors.ts";
import { isMoved } from "../domain/stop.ts";
import type { Trigger } from "../domain/trigger.ts";
import { inlineText } from "../render/neutralize.ts";
import { answerComment, type Reply, wasAnswered } from "./answer-comment.ts";
import { askPullRequest } from "./ask-pull-request.ts";
import type { GitHubAccess } from "./github-access.ts";
import { COMMANDS_HELP } from "./help-text.ts";
import { planPullRequest } from "./plan-pull-request.ts";
import type { ReviewRequested } from "./pull-request-order.ts";
import { reviewInStages } from "./review-stages.ts";
import { auditHead } from "./verbs/audit-head.ts";
import type { CommentOrder } from "./verbs/comment-order.ts";
import { explainNamed } from "./verbs/explain-named.ts";
import { resumeReviews, retryReview } from "./verbs/go-on.ts";
import { ignoreFinding } from "./verbs/ignore-finding.ts";
import { pauseReviews } from "./verbs/pause-reviews.ts";
import { proposeFixes, proposeRefactor } from "./verbs/propose-follow-up.ts";
import { showConfig } from "./verbs/show-config.ts";
import { showStatus } from "./verbs/show-status.ts";
import type { World } from "./world.ts";

type FromComment = Extract<Trigger, { readonly kind: "comment" | "mistake" }>;
type Commanded = Extract<FromComment, { readonly kind: "comment" }>;

/** How long the answer to a command that was stopped may take: a workflow that is cancelled ends soon. */
const LAST_WORDS_MS = 5_000;
/** Longest explanation in an answer; mistakes in a settings file can be many. */
const MAX_REASON = 2_000;

/** Does what a comment asks for, or says under it why not. The commenter's right to ask has been checked. */
export async function obeyComment(
  world: World,
  github: GitHubAccess,
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
  github: GitHubAccess,
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
  github: GitHubAccess,
  trigger: Commanded,
  signal: AbortSignal,
): Promise<Outcome> {
  const { command } = trigger;
  const order = await orderOf(world, github, trigger, signal);
  switch (command.verb) {
    case "review":
    case "full":
      return { review: order };
    case "retry":
      return retryReview(order, signal);
    case "resume":
      return resumeReviews(order, signal);
    case "plan":
    case "estimate":
    case "dry-run":
      return { reply: { text: await planPullRequest(order, signal), reaction: "rocket" } };
    case "ask":
      return { reply: await askPullRequest(command.question, order, signal) };
    case "status":
      return { reply: await showStatus(order, signal) };
    case "config":
      return { reply: await showConfig(order, signal) };
    case "pause":
      return { reply: await pauseReviews(order, signal) };
    case "explain":
      return { reply: await explainNamed(order, command.id, signal) };
    case "ignore":
      return { reply: await ignoreFinding(order, command, signal) };
    case "fix":
      return { reply: await proposeFixes(order, command.ids, signal) };
    case "refactor":
      return { reply: await proposeRefactor(order, command, signal) };
    case "audit":
      return { reply: await auditHead(order, command.recipe, signal) };
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
  github: GitHubAccess,
  trigger: Commanded,
  signal: AbortSignal,
): Promise<CommentOrder> {
  const { options } = trigger.command;
  const pinned = await readPullRequest(github.read, trigger.pullRequest, signal);
  const pull = options.sha === undefined ? pinned : requireHead(pinned, options.sha);
  return { ...world, github, pull, options, run: trigger.run, asked: trigger };
}
