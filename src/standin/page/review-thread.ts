import type { StandinPullRequest, StandinReviewComment, StandinThread } from "../github/model.ts";
import { threadComment } from "./comment-box.ts";
import { excerptLines } from "./diff/commented-lines.ts";
import { diffRow, fileAnchor } from "./diff/diff-rows.ts";
import { languageOf } from "./diff/highlight.ts";
import { icon } from "./icon.ts";
import { markup, type Markup } from "./markup.ts";
import { pullAddress, type PullRequestPageState } from "./page-state.ts";

/** A thread with its comments, oldest first; there is at least the first. */
export interface ThreadView {
  readonly thread: StandinThread;
  readonly first: StandinReviewComment;
  readonly comments: readonly StandinReviewComment[];
}

/** Every thread of the pull request that people can see: those of reviews that were submitted. */
export function visibleThreads(pull: StandinPullRequest): ThreadView[] {
  const pending = new Set(pull.reviews.filter(({ state }) => state === "PENDING").map(({ id }) => id));
  const visible = pull.reviewComments.filter(({ reviewId }) => !pending.has(reviewId));
  return [...Map.groupBy(visible, ({ thread }) => thread)].flatMap(([thread, comments]) => {
    const [first] = comments;
    return first === undefined ? [] : [{ thread, first, comments }];
  });
}

/** The comments of a thread and its state, without the code. @param ids whether the comments carry their ids on this page */
export function threadComments({ thread, comments }: ThreadView, state: PullRequestPageState, now: Date): Markup {
  const resolved =
    thread.resolvedBy === undefined
      ? undefined
      : markup`<p class="resolved">${icon("check")} <strong>${thread.resolvedBy.login}</strong> marked this conversation as resolved.</p>`;
  return markup`<div class="thread-comments">${comments.map((comment) => threadComment(comment, state, now, `discussion_r${String(comment.id)}`))}</div>${resolved}`;
}

/** A thread in the conversation: path, the end of the hunk it stands on, comments. Folded once outdated or resolved. */
export function threadCard(view: ThreadView, state: PullRequestPageState, now: Date): Markup {
  const { thread, first } = view;
  const language = languageOf(thread.path);
  const rows = excerptLines(first).map((line) => diffRow(line, language));
  const place =
    first.line === undefined
      ? fileAnchor(thread.path)
      : `${fileAnchor(thread.path)}${first.side === "LEFT" ? "L" : "R"}${String(first.line)}`;
  const label = thread.isOutdated ? markup`<span class="label attention">Outdated</span>` : undefined;
  const excerpt = rows.length === 0 ? undefined : markup`<div class="scroll"><table class="diff">${rows}</table></div>`;
  const isOpen = thread.resolvedBy === undefined && !thread.isOutdated;
  return markup`<details class="thread" id="thread-${thread.id}"${isOpen ? markup` open` : undefined}><summary><span class="path"><a href="${pullAddress(state)}/files#${place}">${thread.path}</a></span>${label}<span class="fold">${icon("chevron")}</span></summary>${thread.subjectType === "file" ? markup`<p class="place">${icon("file")} Comment on the file</p>` : placeNote(first)}${excerpt}${threadComments(view, state, now)}</details>`;
}

/** Names the lines of a comment on more than one. */
export function placeNote({
  originalStartLine: start,
  originalLine: end,
  startSide,
  side,
}: StandinReviewComment): Markup | undefined {
  if (start === undefined || end === undefined) return undefined;
  const name = (line: number, of: string | undefined): string => `${of === "LEFT" ? "-" : "+"}${String(line)}`;
  return markup`<p class="place">Comment on lines ${name(start, startSide ?? side)} to ${name(end, side)}</p>`;
}
