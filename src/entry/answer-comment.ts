import { readConversation } from "../adapters/github/conversation.ts";
import { createComment } from "../adapters/github/issue-comment.ts";
import type { Marker } from "../adapters/github/marker.ts";
import type { Answer } from "../adapters/github/octokit.ts";
import { isSame, type Posting } from "../adapters/github/post-review.ts";
import { react, type Reaction } from "../adapters/github/reaction.ts";
import { createReply, hasReply } from "../adapters/github/thread-reply.ts";
import { errorOf } from "../adapters/github/translate-error.ts";
import { commentRun, type Written } from "../domain/trigger.ts";
import { ANSWER_WORKFLOW, postingFor } from "./compose-publisher.ts";
import type { GitHubAccess } from "./github-access.ts";
import { cleaner } from "./runner-log.ts";
import type { World } from "./world.ts";

/** What a command comes to: a text for people, which may end with hidden lines of ours, and a reaction on the command. */
export type Reply = {
  readonly text: string;
  readonly reaction: Reaction;
  /** True when it says why the command is not carried out for now: when somebody starts it again, it gets its answer. */
  readonly isExcuse?: boolean;
};

/** Answers a command by one comment, where it was asked, and with a reaction. The same command is answered once. */
export async function answerComment(
  { inputs, env, host }: World,
  github: GitHubAccess,
  asked: Written,
  reply: Reply,
  signal: AbortSignal,
): Promise<void> {
  const text = cleaner({ inputs, env })(reply.text);
  if (inputs["dry-run"]) return host.info(text);
  const posting = postingFor(github, asked.pullRequest, host.identity);
  const marker = markerFor(asked, reply);
  const before = await findAnswer(posting, asked, marker, signal);
  if (before.ok && before.data) return host.info(ANSWERED);
  const posted = before.ok ? await post(posting, asked, text, marker, signal) : before;
  if (!posted.ok) {
    host.warning(errorOf(posted.failure, { what: "answer the comment", permission: "pull-requests: write" }).message);
    host.info(text);
  }
  await react(github.write, asked, reply.reaction, signal);
}

/** Whether an earlier delivery of the command was answered; then there is nothing left to do, and this says so. */
export async function wasAnswered(
  { inputs, host }: World,
  github: GitHubAccess,
  asked: Written,
  signal: AbortSignal,
): Promise<boolean> {
  if (inputs["dry-run"]) return false;
  const posting = postingFor(github, asked.pullRequest, host.identity);
  const found = await findAnswer(posting, asked, markerFor(asked), signal);
  if (!found.ok || !found.data) return false;
  host.info(ANSWERED);
  return true;
}

const ANSWERED = "This command was answered before; nothing was posted again.";

function markerFor(asked: Written, { isExcuse = false }: Pick<Reply, "isExcuse"> = {}): Marker {
  const run = isExcuse ? `${commentRun(asked)}-excuse` : commentRun(asked);
  return { kind: "status", workflow: ANSWER_WORKFLOW, run, head: "", part: "1/1" };
}

async function findAnswer(
  posting: Posting,
  asked: Written,
  marker: Marker,
  signal: AbortSignal,
): Promise<Answer<boolean>> {
  if (asked.threadId !== undefined) return hasReply(posting, marker, signal);
  const before = await readConversation(posting.read, posting.number, posting.identity, signal);
  return before.ok
    ? { ok: true, data: before.data.comments.some((comment) => isSame(comment.marker, marker)) }
    : before;
}

async function post(
  posting: Posting,
  asked: Written,
  text: string,
  marker: Marker,
  signal: AbortSignal,
): Promise<Answer<unknown>> {
  return asked.threadId === undefined
    ? createComment(posting, text, marker, signal)
    : createReply(posting, asked.threadId, text, marker, signal);
}
