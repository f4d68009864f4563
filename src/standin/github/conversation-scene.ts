import { issueCommentEvent, reviewCommentEvent, type StandinEvent } from "./events.ts";
import type {
  StandinIssueComment,
  StandinPullRequest,
  StandinRepository,
  StandinReview,
  StandinReviewComment,
} from "./model.ts";
import { replyComment } from "./routes/review-threads.ts";
import { now, requireIssue, user, type World } from "./world.ts";

/** A person comments on an issue or pull request. */
export function comment(
  world: World,
  repository: StandinRepository,
  number: number,
  login: string,
  body: string,
): { comment: StandinIssueComment; event: StandinEvent } {
  const issue = requireIssue(repository, String(number));
  const author = user(world, login);
  const made: StandinIssueComment = {
    id: world.nextId(),
    author,
    issueNumber: number,
    body,
    createdAt: now(world),
    updatedAt: now(world),
    reactions: [],
  };
  issue.comments.push(made);
  issue.updatedAt = made.createdAt;
  return { comment: made, event: issueCommentEvent(world, repository, made, author, "created") };
}

/** A person answers in the thread that begins with that comment, under lines of the diff. */
export function replyTo(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
  first: StandinReviewComment,
  login: string,
  body: string,
): { comment: StandinReviewComment; event: StandinEvent } {
  const author = user(world, login);
  const review: StandinReview = {
    id: world.nextId(),
    author,
    body: "",
    state: "COMMENTED",
    commitId: first.commitId,
    submittedAt: now(world),
  };
  pull.reviews.push(review);
  const made = replyComment(world, review, first, body);
  pull.reviewComments.push(made);
  pull.updatedAt = made.createdAt;
  return { comment: made, event: reviewCommentEvent(world, repository, pull, made, author, "created") };
}

/** A person edits a comment, their own or somebody else's. */
export function editComment(
  world: World,
  repository: StandinRepository,
  edited: StandinIssueComment,
  login: string,
  body: string,
): StandinEvent {
  const previous = edited.body;
  edited.body = body;
  edited.updatedAt = now(world);
  return issueCommentEvent(world, repository, edited, user(world, login), "edited", previous);
}

/** A person edits the text of an issue, as a click on one of its checkboxes does. */
export function editIssue(
  world: World,
  repository: StandinRepository,
  number: number,
  login: string,
  body: string,
): void {
  const issue = requireIssue(repository, String(number));
  issue.body = body;
  issue.updatedAt = now(world);
  issue.edits.push({ editor: user(world, login), at: issue.updatedAt });
}
