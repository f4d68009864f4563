import { z } from "zod";

import { readConversation } from "./conversation.ts";
import { withMarker } from "./marker.ts";
import type { Marker } from "./marker.ts";
import type { Answer } from "./octokit.ts";
import { isSame } from "./post-review.ts";
import type { Posting } from "./post-review.ts";

export type PostedComment = { readonly id: number; readonly url: string };

const Comment = z.object({ id: z.number(), html_url: z.string() });

/** Waits between looks for a comment that may have been made: lists lag behind writes for some seconds. */
const LOOKS_MS = [1_000, 2_000, 4_000];

/**
 * Makes one comment on the pull request. When it is not known whether GitHub made it, looks for its marker a few times, and
 * only then makes it again, once.
 */
export async function createComment(
  posting: Posting,
  text: string,
  marker: Marker,
  signal: AbortSignal,
): Promise<Answer<PostedComment>> {
  const first = await post(posting, text, marker, signal);
  if (first.ok || first.failure.kind !== "unavailable") return first;
  for (const wait of LOOKS_MS) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other is the point
    await posting.sleep(wait, signal);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const now = await readConversation(posting.read, posting.number, posting.identity, signal);
    if (!now.ok) return first;
    const made = now.data.comments.find(
      (comment) => isSame(comment.marker, marker) && comment.marker.part === marker.part,
    );
    if (made !== undefined) return { ok: true, data: made };
  }
  return post(posting, text, marker, signal);
}

async function post(
  posting: Posting,
  text: string,
  marker: Marker,
  signal: AbortSignal,
): Promise<Answer<PostedComment>> {
  const answer = await posting.write.send(
    {
      route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      parameters: { issue_number: posting.number, body: withMarker(text, marker) },
    },
    Comment,
    signal,
  );
  return answer.ok ? { ok: true, data: { id: answer.data.id, url: answer.data.html_url } } : answer;
}

/** Replaces the text of a comment of ours. Saying the same again is harmless, so a broken answer is asked again once. */
export async function editComment(
  posting: Posting,
  id: number,
  text: string,
  marker: Marker,
  signal: AbortSignal,
): Promise<Answer<PostedComment>> {
  const edit = async (): Promise<Answer<z.infer<typeof Comment>>> =>
    posting.write.send(
      {
        route: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
        parameters: { comment_id: id, body: withMarker(text, marker) },
      },
      Comment,
      signal,
    );
  const first = await edit();
  const answer = !first.ok && first.failure.kind === "unavailable" ? await edit() : first;
  return answer.ok ? { ok: true, data: { id: answer.data.id, url: answer.data.html_url } } : answer;
}
