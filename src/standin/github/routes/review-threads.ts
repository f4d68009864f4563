import { PATH_UNKNOWN, resolveAnchor, type Anchor, type AnchorProblem } from "../git/anchor.ts";
import { unprocessable, validationFailed } from "../http/answer.ts";
import { inSentences, requireText } from "../http/body-limit.ts";
import type { RequestBody } from "../http/request-body.ts";
import type { StandinPullRequest, StandinReview, StandinReviewComment, StandinThread } from "../model.ts";
import { now, type World } from "../world.ts";

const SIDES = ["LEFT", "RIGHT"] as const;

/** A comment on a file as a whole has a path and no line. */
export type Place = Anchor | { readonly path: string };

/** Where one requested line comment stands, or why it cannot. */
function readAnchor(pull: StandinPullRequest, comment: RequestBody): Anchor | AnchorProblem[] {
  const path = comment.text("path");
  return resolveAnchor(
    pull.files.find((file) => file.path === path),
    {
      path,
      side: comment.optionalChoice("side", SIDES) ?? "RIGHT",
      line: comment.optionalInteger("line"),
      startLine: comment.optionalInteger("start_line"),
      startSide: comment.optionalChoice("start_side", SIDES),
      position: comment.optionalInteger("position"),
    },
  );
}

/** The inline comments of a new review. @throws Refusal 422 naming the problems of the first bad one, not which one it is. */
export function readAnchors(
  pull: StandinPullRequest,
  comments: readonly RequestBody[],
): { anchor: Anchor; text: string }[] {
  return comments.map((comment) => {
    const text = requireText(comment, inSentences);
    const anchor = readAnchor(pull, comment);
    if (Array.isArray(anchor)) throw unprocessable(sentence(anchor.map(({ said }) => said)));
    return { anchor, text };
  });
}

/** The place of a single comment. @throws Refusal 422 with field errors. */
export function readPlace(pull: StandinPullRequest, body: RequestBody): Place {
  const isFile = body.optionalChoice("subject_type", ["line", "file"]) === "file";
  const path = body.text("path");
  const known = pull.files.some((file) => file.path === path);
  const place: Place | AnchorProblem[] = isFile ? (known ? { path } : [PATH_UNKNOWN]) : readAnchor(pull, body);
  if (!Array.isArray(place)) return place;
  throw validationFailed(
    ...place.map(({ field, code, message }) => ({
      resource: "PullRequestReviewComment",
      field,
      code,
      ...(message === undefined ? {} : { message }),
    })),
  );
}

/** "A", "A and B", "A, B, and C": Rails' to_sentence, in which GitHub words several problems of one comment. */
function sentence(parts: readonly string[]): string {
  if (parts.length < 3) return parts.join(" and ");
  return `${parts.slice(0, -1).join(", ")}, and ${parts.at(-1) ?? ""}`;
}

/** A new thread with its first comment. */
export function threadComment(
  world: World,
  review: StandinReview,
  commitId: string,
  place: Place,
  body: string,
): StandinReviewComment {
  const anchor = "line" in place ? place : undefined;
  const thread: StandinThread = {
    id: world.nextId(),
    path: place.path,
    subjectType: anchor === undefined ? "file" : "line",
    isOutdated: false,
  };
  return {
    id: world.nextId(),
    author: review.author,
    reviewId: review.id,
    thread,
    path: place.path,
    body,
    commitId,
    originalCommitId: commitId,
    side: anchor?.side ?? "RIGHT",
    line: anchor?.line,
    originalLine: anchor?.line,
    startLine: anchor?.startLine,
    originalStartLine: anchor?.startLine,
    startSide: anchor?.startSide,
    position: anchor?.position,
    originalPosition: anchor?.position,
    diffHunk: anchor?.diffHunk ?? "",
    createdAt: now(world),
    updatedAt: now(world),
    reactions: [],
  };
}

/** An answer in an existing thread: it stands where the first comment stands. */
export function replyComment(
  world: World,
  review: StandinReview,
  first: StandinReviewComment,
  body: string,
): StandinReviewComment {
  return {
    ...first,
    id: world.nextId(),
    author: review.author,
    reviewId: review.id,
    body,
    inReplyTo: first.id,
    createdAt: now(world),
    updatedAt: now(world),
    minimizedReason: undefined,
    reactions: [],
  };
}

export function commentsOfReview(pull: StandinPullRequest, review: StandinReview): StandinReviewComment[] {
  return pull.reviewComments.filter(({ reviewId }) => reviewId === review.id);
}
