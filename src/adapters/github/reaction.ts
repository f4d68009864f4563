import { z } from "zod";

import type { Written } from "../../domain/trigger.ts";
import type { GitHub } from "./octokit.ts";
import { forbidden } from "./translate-error.ts";

/** eyes: seen and started. rocket: the review is there. confused: it could not be made. */
export type Reaction = "eyes" | "rocket" | "confused";

/**
 * Puts a reaction on the comment that asked for the run; a second time changes nothing. A reaction is a courtesy: when it is
 * not possible, the answer is a sentence that says so, and undefined otherwise.
 */
export async function react(
  github: GitHub,
  { commentId, threadId }: Pick<Written, "commentId" | "threadId">,
  content: Reaction,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = await github.send(
    {
      route: `POST /repos/{owner}/{repo}/${threadId === undefined ? "issues" : "pulls"}/comments/{comment_id}/reactions`,
      parameters: { comment_id: commentId, content },
    },
    z.unknown(),
    signal,
  );
  if (answer.ok) return undefined;
  const what = `react to the comment with ${content}`;
  if (answer.failure.kind === "forbidden") {
    return forbidden(answer.failure, { what, permission: "pull-requests: write" });
  }
  return `GitHub did not ${what} (${answer.failure.status ?? "no connection"})`;
}
