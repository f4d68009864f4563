import { reviewCommentEvent } from "../events.ts";
import { created, NO_CONTENT, notFound, ok, refusal, validationFailed } from "../http/answer.ts";
import { mayModerate } from "../http/authorize.ts";
import { inFields, requireText } from "../http/body-limit.ts";
import { page } from "../http/page.ts";
import { readRoute, writeRoute, type Route, type SignedCall } from "../http/route.ts";
import { reviewCommentJson } from "../json/review-json.ts";
import type {
  StandinPullRequest,
  StandinRepository,
  StandinReview,
  StandinReviewComment,
  StandinUser,
} from "../model.ts";
import { isPullCommit } from "../pull-state.ts";
import { now, pullsOf, requirePull, requireWritable, type World } from "../world.ts";
import { readPlace, replyComment, threadComment } from "./review-threads.ts";

const READ = ["pull_requests=read"] as const;
const WRITE = ["pull_requests=write"] as const;
const RESOURCE = "PullRequestReviewComment";

export const reviewCommentRoutes: readonly Route[] = [
  readRoute("/pulls/:number/comments", READ, ({ world, repository, params, url, token }) => {
    const pull = requirePull(repository, params["number"]);
    const comments = visible(pull, token?.owner).map((comment) => reviewCommentJson(world, repository, pull, comment));
    return page(ordered(comments, url), url);
  }),
  readRoute("/pulls/comments", READ, ({ world, repository, url, token }) => {
    const comments = pullsOf(repository).flatMap((pull) =>
      visible(pull, token?.owner).map((comment) => reviewCommentJson(world, repository, pull, comment)),
    );
    return page(ordered(comments, url), url);
  }),
  writeRoute("POST", "/pulls/:number/comments", WRITE, (call) => {
    const { world, repository, params, body, actor } = call;
    requireWritable(repository);
    const pull = requireUnlocked(requirePull(repository, params["number"]));
    const text = requireText(body, inFields(RESOURCE));
    const replyTo = body.optionalInteger("in_reply_to");
    if (replyTo !== undefined) return reply(call, pull, String(replyTo), text);
    const commitId = body.text("commit_id");
    if (!isPullCommit(pull, commitId)) {
      const message = "commit_id is not part of the pull request";
      throw validationFailed({ resource: RESOURCE, field: "commit_id", code: "custom", message });
    }
    const place = readPlace(pull, body);
    const review = singleCommentReview(world, pull, actor, commitId);
    return store(call, pull, threadComment(world, review, commitId, place, text));
  }),
  writeRoute("POST", "/pulls/:number/comments/:comment/replies", WRITE, (call) => {
    requireWritable(call.repository);
    const pull = requireUnlocked(requirePull(call.repository, call.params["number"]));
    return reply(call, pull, call.params["comment"], requireText(call.body, inFields(RESOURCE)));
  }),
  readRoute("/pulls/comments/:comment", READ, ({ world, repository, params, token }) => {
    const { pull, comment } = findReviewComment(repository, params["comment"], token?.owner);
    return ok(reviewCommentJson(world, repository, pull, comment));
  }),
  writeRoute("PATCH", "/pulls/comments/:comment", WRITE, ({ world, repository, params, body, actor, token }) => {
    const { pull, comment } = findReviewComment(repository, params["comment"], actor);
    if (comment.author !== actor && !mayModerate(token, repository))
      throw refusal(403, "Must have push access to the repository");
    comment.body = requireText(body, inFields(RESOURCE));
    comment.updatedAt = now(world);
    reviewCommentEvent(world, repository, pull, comment, actor, "edited");
    return ok(reviewCommentJson(world, repository, pull, comment));
  }),
  writeRoute("DELETE", "/pulls/comments/:comment", WRITE, ({ world, repository, params, actor, token }) => {
    const { pull, comment } = findReviewComment(repository, params["comment"], actor);
    if (comment.author !== actor && !mayModerate(token, repository))
      throw refusal(403, "Must have push access to the repository");
    pull.reviewComments.splice(pull.reviewComments.indexOf(comment), 1);
    reviewCommentEvent(world, repository, pull, comment, actor, "deleted");
    return NO_CONTENT;
  }),
];

/** The comment with that id, if this reader may see it. @throws Refusal 404 */
export function findReviewComment(
  repository: StandinRepository,
  id: string | undefined,
  reader: StandinUser | undefined,
): { pull: StandinPullRequest; comment: StandinReviewComment } {
  for (const pull of pullsOf(repository)) {
    const comment = visible(pull, reader).find((candidate) => String(candidate.id) === id);
    if (comment !== undefined) return { pull, comment };
  }
  throw notFound();
}

function visible(pull: StandinPullRequest, reader: StandinUser | undefined): StandinReviewComment[] {
  const hidden = new Set(
    pull.reviews.filter(({ state, author }) => state === "PENDING" && author !== reader).map(({ id }) => id),
  );
  return pull.reviewComments.filter(({ reviewId }) => !hidden.has(reviewId));
}

function ordered(comments: readonly Record<string, unknown>[], url: URL): readonly Record<string, unknown>[] {
  return url.searchParams.get("direction") === "desc" ? comments.toReversed() : comments;
}

function requireUnlocked(pull: StandinPullRequest): StandinPullRequest {
  if (pull.locked) throw refusal(403, "Unable to create comment because issue is locked.");
  return pull;
}

/** A single comment makes a review of its own, without a body. */
function singleCommentReview(
  world: World,
  pull: StandinPullRequest,
  author: StandinUser,
  commitId: string,
): StandinReview {
  const review: StandinReview = {
    id: world.nextId(),
    author,
    body: "",
    state: "COMMENTED",
    commitId,
    submittedAt: now(world),
  };
  pull.reviews.push(review);
  return review;
}

function reply(call: SignedCall, pull: StandinPullRequest, id: string | undefined, text: string) {
  const first = visible(pull, call.actor).find((comment) => String(comment.id) === id);
  if (first === undefined) throw notFound();
  if (first.inReplyTo !== undefined) throw refusal(422, "Replies to replies are not supported");
  const review = singleCommentReview(call.world, pull, call.actor, first.commitId);
  return store(call, pull, replyComment(call.world, review, first, text));
}

function store({ world, repository, actor }: SignedCall, pull: StandinPullRequest, comment: StandinReviewComment) {
  pull.reviewComments.push(comment);
  pull.updatedAt = now(world);
  reviewCommentEvent(world, repository, pull, comment, actor, "created");
  const body = reviewCommentJson(world, repository, pull, comment);
  return created(body, String(body["url"]));
}
