import { reviewCommentEvent, reviewEvent } from "../events.ts";
import { notFound, ok, refusal, unprocessable, type Answer } from "../http/answer.ts";
import { inSentences, requireText } from "../http/body-limit.ts";
import { page } from "../http/page.ts";
import type { RequestBody } from "../http/request-body.ts";
import { readRoute, writeRoute, type Route, type SignedCall } from "../http/route.ts";
import { legacyReviewCommentJson, reviewJson } from "../json/review-json.ts";
import type { ReviewState, StandinPullRequest, StandinReview, StandinUser } from "../model.ts";
import { isPullCommit } from "../pull-state.ts";
import { now, requirePull, requireWritable } from "../world.ts";
import { commentsOfReview, readAnchors, threadComment } from "./review-threads.ts";

const READ = ["pull_requests=read"] as const;
const WRITE = ["pull_requests=write"] as const;
const EVENTS = ["APPROVE", "REQUEST_CHANGES", "COMMENT"] as const;
const STATES: Readonly<Record<(typeof EVENTS)[number], ReviewState>> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

export const reviewRoutes: readonly Route[] = [
  readRoute("/pulls/:number/reviews", READ, ({ world, repository, params, url, token }) => {
    const pull = requirePull(repository, params["number"]);
    const shown = pull.reviews.filter((review) => isVisible(review, token?.owner));
    return page(
      shown.map((review) => reviewJson(world, repository, pull, review)),
      url,
    );
  }),
  writeRoute("POST", "/pulls/:number/reviews", WRITE, createReview),
  readRoute("/pulls/:number/reviews/:review", READ, ({ world, repository, params, token }) => {
    const { pull, review } = find(requirePull(repository, params["number"]), params["review"], token?.owner);
    return ok(reviewJson(world, repository, pull, review));
  }),
  writeRoute("PUT", "/pulls/:number/reviews/:review", WRITE, ({ world, repository, params, body, actor }) => {
    const { pull, review } = find(requirePull(repository, params["number"]), params["review"], actor);
    requireAuthor(review, actor);
    review.body = requireText(body, inSentences);
    if (review.state !== "PENDING") reviewEvent(world, repository, pull, review, actor, "edited");
    return ok(reviewJson(world, repository, pull, review));
  }),
  writeRoute("DELETE", "/pulls/:number/reviews/:review", WRITE, ({ world, repository, params, actor }) => {
    const { pull, review } = find(requirePull(repository, params["number"]), params["review"], actor);
    if (review.state !== "PENDING") throw unprocessable("Can not delete a non-pending pull request review");
    const answer = ok(reviewJson(world, repository, pull, review));
    pull.reviews.splice(pull.reviews.indexOf(review), 1);
    for (const comment of commentsOfReview(pull, review)) {
      pull.reviewComments.splice(pull.reviewComments.indexOf(comment), 1);
    }
    return answer;
  }),
  writeRoute("POST", "/pulls/:number/reviews/:review/events", WRITE, (call) => {
    const { pull, review } = find(
      requirePull(call.repository, call.params["number"]),
      call.params["review"],
      call.actor,
    );
    requireAuthor(review, call.actor);
    const event = call.body.choice("event", EVENTS);
    if (review.state !== "PENDING") throw unprocessable("Can not submit a review that was already submitted");
    const text = call.body.optionalText("body") ?? review.body;
    checkVerdict(pull, call.actor, event, text, commentsOfReview(pull, review).length);
    review.body = text;
    submit(call, pull, review, STATES[event]);
    return ok(reviewJson(call.world, call.repository, pull, review));
  }),
  writeRoute("PUT", "/pulls/:number/reviews/:review/dismissals", WRITE, (call) => {
    const { world, repository, params, body, actor } = call;
    const { pull, review } = find(requirePull(repository, params["number"]), params["review"], actor);
    body.text("message");
    if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED") {
      throw unprocessable("Can not dismiss a commented pull request review");
    }
    review.state = "DISMISSED";
    reviewEvent(world, repository, pull, review, actor, "dismissed");
    return ok(reviewJson(world, repository, pull, review));
  }),
  readRoute("/pulls/:number/reviews/:review/comments", READ, ({ world, repository, params, url, token }) => {
    const { pull, review } = find(requirePull(repository, params["number"]), params["review"], token?.owner);
    return page(
      commentsOfReview(pull, review).map((comment) => legacyReviewCommentJson(world, repository, pull, comment)),
      url,
    );
  }),
];

/** All or nothing: everything is checked before anything is stored. */
function createReview(call: SignedCall): Answer {
  const { world, repository, params, body, actor } = call;
  requireWritable(repository);
  const pull = requirePull(repository, params["number"]);
  if (pull.locked) throw refusal(403, "Unable to create review because the conversation is locked.");
  const event = body.optionalChoice("event", EVENTS);
  const text = body.has("body") && body.value("body") !== null ? requireText(body, inSentences) : "";
  const commitId = body.optionalText("commit_id") ?? pull.head.sha;
  const comments: RequestBody[] = body.optionalObjects("comments") ?? [];
  if (event !== undefined) checkVerdict(pull, actor, event, text, comments.length);
  if (!isPullCommit(pull, commitId)) throw unprocessable("commit_id is not part of the pull request");
  if (pull.reviews.some(({ author, state }) => author === actor && state === "PENDING")) {
    throw unprocessable("User can only have one pending review per pull request");
  }
  const anchors = readAnchors(pull, comments);
  const review: StandinReview = {
    id: world.nextId(),
    author: actor,
    body: text,
    state: "PENDING",
    commitId,
  };
  pull.reviews.push(review);
  for (const { anchor, text: said } of anchors) {
    pull.reviewComments.push(threadComment(world, review, commitId, anchor, said));
  }
  if (event !== undefined) submit(call, pull, review, STATES[event]);
  return ok(reviewJson(world, repository, pull, review));
}

function submit(call: SignedCall, pull: StandinPullRequest, review: StandinReview, state: ReviewState): void {
  const { world, repository, actor } = call;
  review.state = state;
  review.submittedAt = now(world);
  pull.updatedAt = now(world);
  reviewEvent(world, repository, pull, review, actor, "submitted");
  for (const comment of commentsOfReview(pull, review)) {
    reviewCommentEvent(world, repository, pull, comment, actor, "created");
  }
}

/** What GitHub asks of a verdict. A COMMENT without a body needs inline comments. */
function checkVerdict(
  pull: StandinPullRequest,
  actor: StandinUser,
  event: (typeof EVENTS)[number],
  body: string,
  comments: number,
): void {
  if (event !== "COMMENT" && pull.author === actor) {
    throw unprocessable(
      event === "APPROVE"
        ? "Can not approve your own pull request"
        : "Can not request changes on your own pull request",
    );
  }
  const blank = body.trim() === "";
  if (blank && (event === "REQUEST_CHANGES" || (event === "COMMENT" && comments === 0))) {
    throw unprocessable("Body can't be blank");
  }
}

function find(
  pull: StandinPullRequest,
  id: string | undefined,
  reader: StandinUser | undefined,
): { pull: StandinPullRequest; review: StandinReview } {
  const review = pull.reviews.find((candidate) => String(candidate.id) === id);
  if (review === undefined || !isVisible(review, reader)) throw notFound();
  return { pull, review };
}

/** A pending review is seen by its author alone. */
function isVisible(review: StandinReview, reader: StandinUser | undefined): boolean {
  return review.state !== "PENDING" || review.author === reader;
}

function requireAuthor(review: StandinReview, actor: StandinUser): void {
  if (review.author !== actor) throw unprocessable("Must be the author of the review");
}
