import type { ChangeSet } from "../../domain/change-set.ts";
import { ConfigurationError } from "../../domain/errors.ts";
import type { Report } from "../../domain/report.ts";
import type { Conversation } from "./conversation.ts";
import type { GitHubFailure } from "./failure.ts";
import { createComment } from "./issue-comment.ts";
import { withMarker } from "./marker.ts";
import type { Marker } from "./marker.ts";
import { deletePending, isSame, postReview } from "./post-review.ts";
import type { PostedReview, Posting } from "./post-review.ts";
import { MAX_BODY, draftReview, draftWithoutInline } from "./review-draft.ts";
import type { Draft } from "./review-draft.ts";
import type { ReviewRender } from "./review-render.ts";
import { splitBody } from "./split-body.ts";
import { errorOf, forbidden } from "./translate-error.ts";

export type Delivery = {
  readonly url: string | undefined;
  readonly alreadyPublished: boolean;
  /** As it was posted: placements tell where each finding stands. */
  readonly report: Report;
  readonly degradations: readonly string[];
};

export type DeliveryOptions = {
  readonly posting: Posting;
  readonly render: ReviewRender;
  /** Of the whole review; its `part` is replaced. */
  readonly marker: Marker;
  readonly maxInline: number;
};

const DOING = { what: "post the review", permission: "pull-requests: write" } as const;

/**
 * Gets the whole review onto the pull request, once: as a review with inline comments; if GitHub refuses an anchor, as a
 * review with everything in its body; if it refuses the review, as comments. `conversation` is the state just read.
 * @throws {ConfigurationError} the token may post nothing. @throws {ExternalError} GitHub is not answering.
 */
export async function deliverReview(
  options: DeliveryOptions,
  report: Report,
  changeSet: ChangeSet,
  conversation: Conversation,
  signal: AbortSignal,
): Promise<Delivery> {
  const { posting, render, marker } = options;
  const drafted = draftReview(report, changeSet, render, options.maxInline);
  const reviewThere = conversation.reviews.find((review) => !review.pending && isOf(review.marker, marker));
  if (reviewThere !== undefined) return finish(options, drafted, reviewThere, conversation, signal);
  const commentThere = conversation.comments.find((comment) => isOf(comment.marker, marker) && isFirst(comment.marker));
  if (commentThere !== undefined) {
    const draft = draftWithoutInline(report, render, "an earlier attempt had to post it as comments");
    return finish(options, draft, commentThere, conversation, signal);
  }
  for (const pending of conversation.reviews.filter((review) => review.pending)) {
    // oxlint-disable-next-line no-await-in-loop -- an account has one pending review at most
    if (pending.marker?.workflow === marker.workflow) await deletePending(posting, pending.id, signal);
  }
  const degradations: string[] = [];
  let draft = drafted;
  let posted = await post(options, draft, signal);
  if (posted.kind === "anchors-refused") {
    degradations.push(
      `GitHub refused the inline comments (${posted.failure.message}); all findings are in the review's body`,
    );
    draft = draftWithoutInline(report, render, "GitHub refused them");
    posted = await post(options, draft, signal);
  }
  if (posted.kind === "posted") {
    degradations.push(...(await postParts(options, draft, conversation, signal)));
    return { url: posted.url, alreadyPublished: false, report: draft.report, degradations };
  }
  const why = reasonOf(posted);
  draft = draftWithoutInline(report, render, "GitHub refused the review, so it is a comment");
  const url = await postAsComments(options, draft, failureIn(posted), signal);
  return { url, alreadyPublished: false, report: draft.report, degradations: [...degradations, why] };
}

async function post({ posting, marker }: DeliveryOptions, draft: Draft, signal: AbortSignal): Promise<PostedReview> {
  const [first = "", ...rest] = splitBody(draft.body, MAX_BODY);
  const own = { ...marker, part: `1/${rest.length + 1}` };
  return postReview(
    posting,
    { commit: marker.head, body: withMarker(first, own), comments: draft.comments, marker: own },
    signal,
  );
}

/** What a body too long for one post has beyond its first part, as comments; those that are there are left alone. */
async function postParts(
  { posting, marker }: DeliveryOptions,
  draft: Draft,
  conversation: Conversation,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const parts = splitBody(draft.body, MAX_BODY);
  const problems: string[] = [];
  for (const [index, text] of parts.entries()) {
    const own = { ...marker, part: `${index + 1}/${parts.length}` };
    const isThere = conversation.comments.some(
      (comment) => isOf(comment.marker, own) && comment.marker.part === own.part,
    );
    if (index === 0 || isThere) continue;
    // oxlint-disable-next-line no-await-in-loop -- people read them in this order
    const answer = await createComment(posting, text, own, signal);
    if (answer.ok) continue;
    if (answer.failure.kind === "unavailable" || answer.failure.kind === "rate-limited")
      throw errorOf(answer.failure, DOING);
    problems.push(`Part ${own.part} of the review is not on the pull request: ${forbidden(answer.failure, DOING)}`);
  }
  return problems;
}

async function postAsComments(
  options: DeliveryOptions,
  draft: Draft,
  reviewFailure: GitHubFailure | undefined,
  signal: AbortSignal,
): Promise<string> {
  const parts = splitBody(draft.body, MAX_BODY);
  const own = { ...options.marker, part: `1/${parts.length}` };
  const first = await createComment(options.posting, parts[0] ?? "", own, signal);
  if (!first.ok) {
    const { failure } = first;
    const isTold = failure.kind === "unavailable" || failure.kind === "rate-limited" || failure.kind === "unauthorized";
    throw isTold ? errorOf(failure, DOING) : new ConfigurationError(forbidden(reviewFailure ?? failure, DOING));
  }
  await postParts(options, draft, EMPTY, signal);
  return first.data.url;
}

const EMPTY: Conversation = { head: "", state: "open", draft: false, locked: false, comments: [], reviews: [] };

/** An earlier attempt posted it; what of its parts is missing follows, when the text still falls into the same parts. */
async function finish(
  options: DeliveryOptions,
  draft: Draft,
  there: { readonly url: string; readonly marker: Marker | undefined },
  conversation: Conversation,
  signal: AbortSignal,
): Promise<Delivery> {
  const parts = splitBody(draft.body, MAX_BODY).length;
  const isSameText = there.marker?.part === `1/${parts}`;
  const degradations = isSameText ? await postParts(options, draft, conversation, signal) : [];
  return { url: there.url, alreadyPublished: true, report: draft.report, degradations };
}

function isOf(found: Marker | undefined, wanted: Marker): boolean {
  return found !== undefined && isSame(found, wanted);
}

function isFirst(marker: Marker): boolean {
  return marker.part.startsWith("1/");
}

type NotPosted = Exclude<PostedReview, { kind: "posted" }>;

function failureIn(posted: NotPosted): GitHubFailure | undefined {
  return posted.kind === "occupied" ? undefined : posted.failure;
}

function reasonOf(posted: NotPosted): string {
  if (posted.kind === "occupied") {
    return "Posted as a comment: another workflow left an unfinished review under the same account";
  }
  return `Posted as a comment: ${forbidden(posted.failure, DOING)}`;
}
