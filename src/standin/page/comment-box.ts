import type { StandinReaction, StandinUser } from "../github/model.ts";
import type { StandinReviewComment } from "../github/model.ts";
import { commentedLines } from "./diff/commented-lines.ts";
import { renderMarkdown, type MarkdownContext } from "./markdown/render-markdown.ts";
import { markup, type Markup } from "./markup.ts";
import { referencesOf, type PullRequestPageState } from "./page-state.ts";
import { avatar, personName, roleLabels } from "./person.ts";
import { reactionBar } from "./reactions.ts";
import { timeElement } from "./time.ts";

export interface CommentBox {
  /** Id of the element; the fragment of its address on GitHub. */
  readonly id: string;
  readonly author: StandinUser;
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly minimizedReason?: string | undefined;
  readonly reactions: readonly StandinReaction[];
}

export function markdownBody(body: string | null, context: MarkdownContext): Markup {
  const text = body ?? "";
  if (text.trim() === "")
    return markup`<div class="markdown"><p class="empty"><em>No description provided.</em></p></div>`;
  return markup`<div class="markdown">${renderMarkdown(text, context)}</div>`;
}

/** A comment in the timeline: avatar beside a box with a headline. */
export function commentBox(comment: CommentBox, state: PullRequestPageState, now: Date): Markup {
  const content = markup`${markdownBody(comment.body, referencesOf(state.repository))}${reactionBar(comment.reactions)}`;
  return markup`<div class="comment">${avatar(comment.author.login)}<div class="box"><div class="box-head"><span class="grow">${personName(comment.author)} <span class="muted">commented <a class="quiet" href="#${comment.id}">${timeElement(comment.createdAt, now)}</a>${editedMark(comment)}</span></span>${roleLabels(comment.author, state.repository, state.pull)}</div>${minimizable(comment.minimizedReason, content)}</div></div>`;
}

/** A comment in a thread on the diff: smaller, without a box of its own. */
export function threadComment(
  comment: StandinReviewComment,
  state: PullRequestPageState,
  now: Date,
  id: string | undefined,
): Markup {
  const context = { ...referencesOf(state.repository), commented: commentedLines(comment) };
  const content = markup`${markdownBody(comment.body, context)}${reactionBar(comment.reactions)}`;
  const anchor = id === undefined ? undefined : markup` id="${id}"`;
  return markup`<div class="thread-comment"${anchor}><div class="thread-head">${avatar(comment.author.login, "small")}<span class="grow">${personName(comment.author)} <a class="quiet muted" href="#discussion_r${comment.id}">${timeElement(comment.createdAt, now)}</a><span class="muted">${editedMark(comment)}</span></span>${roleLabels(comment.author, state.repository, state.pull)}</div>${minimizable(comment.minimizedReason, content)}</div>`;
}

function editedMark({ createdAt, updatedAt }: { createdAt: string; updatedAt: string }): Markup | undefined {
  return updatedAt > createdAt ? markup` · edited` : undefined;
}

/** @param reason such as `OUTDATED`; the content is then folded away */
export function minimizable(reason: string | undefined, content: Markup): Markup {
  if (reason === undefined) return content;
  const words = reason.toLowerCase().replaceAll("_", " ");
  return markup`<details class="minimized"><summary>This comment was marked as ${words}.</summary>${content}</details>`;
}
