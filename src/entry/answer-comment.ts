import { readConversation } from "../adapters/github/conversation.ts";
import type { GitHubFailure } from "../adapters/github/failure.ts";
import { createComment } from "../adapters/github/issue-comment.ts";
import { isSame } from "../adapters/github/post-review.ts";
import { react, type Reaction } from "../adapters/github/reaction.ts";
import { errorOf } from "../adapters/github/translate-error.ts";
import { ANSWER_WORKFLOW, postingFor } from "./compose-publisher.ts";
import type { GitHubAccess } from "./github-access.ts";
import type { Host } from "./host.ts";
import { cleaner } from "./runner-log.ts";
import type { World } from "./world.ts";

/** Answers a command by one comment of text, and with a reaction on the command. The same command is answered once. */
export async function answerComment(
  { inputs, host }: World,
  github: GitHubAccess,
  asked: { readonly pullRequest: number; readonly commentId: number },
  text: string,
  reaction: Reaction,
  signal: AbortSignal,
): Promise<void> {
  const answer = cleaner(inputs)(text);
  if (inputs["dry-run"]) {
    host.info(answer);
    return;
  }
  const marker = {
    kind: "status",
    workflow: ANSWER_WORKFLOW,
    run: `comment-${asked.commentId}`,
    head: "",
    part: "1/1",
  } as const;
  const posting = postingFor(github, asked.pullRequest, host.identity);
  const before = await readConversation(posting.read, posting.number, posting.identity, signal);
  if (before.ok && before.data.comments.some((comment) => isSame(comment.marker, marker))) {
    host.info("This command was answered before; nothing was posted again.");
    return;
  }
  const posted = before.ok ? await createComment(posting, answer, marker, signal) : before;
  if (!posted.ok) reportUnanswered(host, posted.failure, answer);
  await react(github.write, asked.commentId, reaction, signal);
}

function reportUnanswered(host: Host, failure: GitHubFailure, answer: string): void {
  const doing = { what: "answer the comment", permission: "pull-requests: write" } as const;
  host.warning(errorOf(failure, doing).message);
  host.info(answer);
}
