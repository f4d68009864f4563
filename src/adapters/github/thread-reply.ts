import { z } from "zod";

import type { Marker } from "./marker.ts";
import { markerOf, withMarker } from "./marker.ts";
import type { Answer } from "./octokit.ts";
import { isSame } from "./post-review.ts";
import type { Posting } from "./post-review.ts";

const Reply = z.object({ id: z.number(), body: z.string().nullish(), user: z.object({ id: z.number() }).nullish() });

/** Waits between looks for a reply that may have been made: lists lag behind writes for some seconds. */
const LOOKS_MS = [1_000, 2_000, 4_000];

/** Whether this account has written that reply; only the newest hundred comments on lines are looked at. */
export async function hasReply(posting: Posting, marker: Marker, signal: AbortSignal): Promise<Answer<boolean>> {
  const answer = await posting.read.send(
    {
      route: "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments",
      parameters: { pull_number: posting.number, sort: "created", direction: "desc", per_page: 100 },
    },
    z.array(Reply),
    signal,
  );
  if (!answer.ok) return answer;
  const isThere = answer.data.some(({ body, user }) => {
    const found = user?.id === posting.identity ? markerOf(body ?? "") : undefined;
    return found !== undefined && isSame(found, marker);
  });
  return { ok: true, data: isThere };
}

/**
 * Writes into the thread that begins with that comment, under lines of the diff. When it is not known whether GitHub made the reply, looks for
 * it a few times, and only then makes it again, once.
 */
export async function createReply(
  posting: Posting,
  threadId: number,
  text: string,
  marker: Marker,
  signal: AbortSignal,
): Promise<Answer<unknown>> {
  const post = async (): Promise<Answer<unknown>> =>
    posting.write.send(
      {
        route: "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
        parameters: { pull_number: posting.number, comment_id: threadId, body: withMarker(text, marker) },
      },
      Reply,
      signal,
    );
  const first = await post();
  if (first.ok || first.failure.kind !== "unavailable") return first;
  for (const wait of LOOKS_MS) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other is the point
    await posting.sleep(wait, signal);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const made = await hasReply(posting, marker, signal);
    if (!made.ok) return first;
    if (made.data) return { ok: true, data: undefined };
  }
  return post();
}
