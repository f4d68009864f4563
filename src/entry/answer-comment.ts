import * as core from "@actions/core";

import { createComment } from "../adapters/github/issue-comment.ts";
import type { GitHub } from "../adapters/github/octokit.ts";
import { react, type Reaction } from "../adapters/github/reaction.ts";
import { logSafe } from "../render/log-safe.ts";
import { ANSWER_WORKFLOW, postingFor } from "./compose-publisher.ts";
import type { ActionWorld } from "./run-action.ts";

/** Answers a command by one comment of text, and with a reaction on the command. The same command is answered once. */
export async function answerComment(
  { inputs }: ActionWorld,
  github: { readonly read: GitHub; readonly write: GitHub },
  asked: { readonly pullRequest: number; readonly commentId: number },
  text: string,
  reaction: Reaction,
  signal: AbortSignal,
): Promise<void> {
  if (inputs["dry-run"]) {
    core.info(logSafe(text));
    return;
  }
  const marker = {
    kind: "status",
    workflow: ANSWER_WORKFLOW,
    run: `comment-${asked.commentId}`,
    head: "",
    part: "1/1",
  } as const;
  const answer = await createComment(postingFor(github, asked.pullRequest), text, marker, signal);
  if (!answer.ok) core.warning(logSafe(`The answer could not be posted: ${text}`));
  await react(github.write, asked.commentId, reaction, signal);
}
