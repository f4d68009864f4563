import type { StandinPullRequest, StandinRepository, StandinReview, StandinReviewComment } from "../model.ts";
import type { World } from "../world.ts";
import { association, reactionSummary } from "./issue-json.ts";
import { apiUrl, htmlUrl } from "./repository-json.ts";
import { nodeId, userJson } from "./user-json.ts";

export function reviewJson(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
  review: StandinReview,
): Record<string, unknown> {
  const number = String(pull.number);
  const html = `${htmlUrl(world, repository)}/pull/${number}#pullrequestreview-${String(review.id)}`;
  const api = `${apiUrl(world, repository)}/pulls/${number}`;
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: userJson(world, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: api,
    author_association: association(repository, review.author),
    _links: { html: { href: html }, pull_request: { href: api } },
    ...(review.submittedAt === undefined ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commitId,
  };
}

/** A review comment as the single and list endpoints of a pull request give it. */
export function reviewCommentJson(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
  comment: StandinReviewComment,
): Record<string, unknown> {
  const shared = commentJson(world, repository, pull, comment);
  return {
    ...shared,
    start_line: comment.startLine ?? null,
    original_start_line: comment.originalStartLine ?? null,
    start_side: comment.startSide ?? null,
    line: comment.line ?? null,
    original_line: comment.originalLine ?? null,
    side: comment.side,
    subject_type: comment.thread.subjectType,
    ...(comment.originalPosition === undefined ? {} : { original_position: comment.originalPosition }),
    ...(comment.position === undefined ? {} : { position: comment.position }),
  };
}

/** A review comment as `GET /reviews/{id}/comments` gives it: with old positions only. */
export function legacyReviewCommentJson(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
  comment: StandinReviewComment,
): Record<string, unknown> {
  return {
    ...commentJson(world, repository, pull, comment),
    position: comment.position ?? null,
    original_position: comment.originalPosition ?? 1,
  };
}

function commentJson(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
  comment: StandinReviewComment,
): Record<string, unknown> {
  const id = String(comment.id);
  const number = String(pull.number);
  const url = `${apiUrl(world, repository)}/pulls/comments/${id}`;
  const html = `${htmlUrl(world, repository)}/pull/${number}#discussion_r${id}`;
  const api = `${apiUrl(world, repository)}/pulls/${number}`;
  return {
    id: comment.id,
    node_id: nodeId("PRRC", comment.id),
    url,
    pull_request_review_id: comment.reviewId,
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commitId,
    original_commit_id: comment.originalCommitId,
    user: userJson(world, comment.author),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: html,
    pull_request_url: api,
    author_association: association(repository, comment.author),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: api } },
    ...(comment.inReplyTo === undefined ? {} : { in_reply_to_id: comment.inReplyTo }),
    reactions: reactionSummary(`${url}/reactions`, comment.reactions),
  };
}
