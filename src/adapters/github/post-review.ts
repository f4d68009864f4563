import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import { readConversation } from "./conversation.ts";
import type { GitHubFailure } from "./failure.ts";
import type { Marker } from "./marker.ts";
import type { GitHub } from "./octokit.ts";
import type { DraftComment } from "./review-draft.ts";
import { errorOf } from "./translate-error.ts";

/** Everything that posting on one pull request takes. `read` and `write` are clients of the same account. */
export type Posting = {
  readonly read: GitHub;
  readonly write: GitHub;
  readonly number: number;
  /** Id of the account, for posts that GitHub does not itself call ours. */
  readonly identity: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type ReviewPost = {
  readonly commit: Sha;
  /** Carries `marker`. */
  readonly body: string;
  readonly comments: readonly DraftComment[];
  readonly marker: Marker;
};

export type PostedReview =
  | { readonly kind: "posted"; readonly url: string }
  /** GitHub does not take a comment, or the commit; nothing was posted. It does not say which. */
  | { readonly kind: "anchors-refused"; readonly failure: GitHubFailure }
  /** Another program's unfinished review under the same account is in the way. Nothing was posted. */
  | { readonly kind: "occupied" }
  | { readonly kind: "refused"; readonly failure: GitHubFailure };

const REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews";
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;
const DOING = { what: "post the review", permission: "pull-requests: write" } as const;

const Review = z.object({ id: z.number(), html_url: z.string(), state: z.string() });

/**
 * Posts one review in two steps, so that it exists once whatever happens between: a pending review, of which an account can
 * have only one on a pull request, then its submission, which cannot happen twice.
 * @throws {ExternalError} GitHub is not answering. Calling again finishes what was begun.
 */
export async function postReview(posting: Posting, post: ReviewPost, signal: AbortSignal): Promise<PostedReview> {
  const created = await createPending(posting, post, signal);
  return created.kind === "created" ? submitReview(posting, created.id, post.body, signal) : created;
}

type Created = { readonly kind: "created"; readonly id: number } | Exclude<PostedReview, { kind: "posted" }>;

async function createPending(posting: Posting, post: ReviewPost, signal: AbortSignal): Promise<Created> {
  const { write, number } = posting;
  for (let attempt = 1; ; attempt += 1) {
    // oxlint-disable-next-line no-await-in-loop -- the next attempt depends on how this one ended
    const answer = await write.send(
      {
        route: `POST ${REVIEWS}`,
        parameters: { pull_number: number, commit_id: post.commit, body: post.body, comments: post.comments },
      },
      Review,
      signal,
    );
    if (answer.ok) return { kind: "created", id: answer.data.id };
    const { failure } = answer;
    const isOccupied = failure.kind === "invalid" && /\bpending review\b/i.test(failure.message);
    if (!isOccupied && failure.kind !== "unavailable") return refusal(failure);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const pending = await findPending(posting, signal);
    if (pending?.marker !== undefined && isSame(pending.marker, post.marker))
      return { kind: "created", id: pending.id };
    if (isOccupied && pending !== undefined) return { kind: "occupied" };
    if (attempt === ATTEMPTS) throw errorOf(failure, DOING);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await posting.sleep(FIRST_WAIT_MS * 2 ** attempt, signal);
  }
}

function refusal(failure: GitHubFailure): Exclude<PostedReview, { kind: "posted" }> {
  if (failure.kind === "rate-limited") throw errorOf(failure, DOING);
  return failure.kind === "invalid" ? { kind: "anchors-refused", failure } : { kind: "refused", failure };
}

/** Submits a pending review as a comment. One that was submitted already stays as it is. */
async function submitReview(posting: Posting, id: number, body: string, signal: AbortSignal): Promise<PostedReview> {
  const parameters = { pull_number: posting.number, review_id: id };
  for (let attempt = 1; ; attempt += 1) {
    // oxlint-disable-next-line no-await-in-loop -- the next attempt depends on how this one ended
    const answer = await posting.write.send(
      {
        route: `POST ${REVIEWS}/{review_id}/events`,
        parameters: { ...parameters, event: "COMMENT", body },
      },
      Review,
      signal,
    );
    if (answer.ok) return { kind: "posted", url: answer.data.html_url };
    // oxlint-disable-next-line no-await-in-loop -- as above
    const now = await posting.read.send({ route: `GET ${REVIEWS}/{review_id}`, parameters }, Review, signal);
    if (now.ok && now.data.state !== "PENDING") return { kind: "posted", url: now.data.html_url };
    const { failure } = answer;
    if (failure.kind !== "unavailable") {
      await deletePending(posting, id, signal);
      return refusal(failure);
    }
    if (attempt === ATTEMPTS) throw errorOf(failure, DOING);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await posting.sleep(FIRST_WAIT_MS * 2 ** attempt, signal);
  }
}

/** Takes an unfinished review away; whether it went is seen by the next attempt to post. */
export async function deletePending(posting: Posting, id: number, signal: AbortSignal): Promise<void> {
  const parameters = { pull_number: posting.number, review_id: id };
  await posting.write.send({ route: `DELETE ${REVIEWS}/{review_id}`, parameters }, z.unknown(), signal);
}

async function findPending(
  posting: Posting,
  signal: AbortSignal,
): Promise<{ readonly id: number; readonly marker: Marker | undefined } | undefined> {
  const conversation = await readConversation(posting.read, posting.number, posting.identity, signal);
  if (!conversation.ok) throw errorOf(conversation.failure, DOING);
  return conversation.data.reviews.find(({ pending }) => pending);
}

export function isSame(a: Marker, b: Marker): boolean {
  return a.kind === b.kind && a.workflow === b.workflow && a.run === b.run && a.head === b.head;
}
