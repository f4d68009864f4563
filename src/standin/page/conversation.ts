import type { StandinCommit, StandinPullRequest, StandinReview } from "../github/model.ts";
import { commentBox, markdownBody, minimizable } from "./comment-box.ts";
import { icon, type IconName } from "./icon.ts";
import { liveBlock } from "./live.ts";
import { markup, type Markup } from "./markup.ts";
import { mergeBox } from "./merge-box.ts";
import { referencesOf, type PullRequestPageState } from "./page-state.ts";
import { avatar, personName, roleLabels } from "./person.ts";
import { threadCard, type ThreadView } from "./review-thread.ts";
import { plural, timeElement } from "./time.ts";
import { timeline, type TimelineItem } from "./timeline.ts";

/** The Conversation tab, as blocks that can be refreshed one by one. */
export function conversation(state: PullRequestPageState, now: Date): Markup[] {
  const { pull } = state;
  const description = commentBox(
    {
      id: `issue-${String(pull.id)}`,
      author: pull.author,
      body: pull.body ?? "",
      createdAt: pull.createdAt,
      updatedAt: pull.createdAt,
      reactions: [],
    },
    state,
    now,
  );
  const end = mergeBox(state);
  return [
    liveBlock(`issue-${String(pull.id)}`, "event", description),
    ...timeline(pull).map((item) => entry(item, state, now)),
    ...(end === undefined ? [] : [liveBlock("merge-box", "event", end)]),
  ];
}

function entry(item: TimelineItem, state: PullRequestPageState, now: Date): Markup {
  if (item.kind === "commits") {
    return liveBlock(`commits-${item.at}`, "event", commitList(item.commits, item.at, state.pull, now));
  }
  if (item.kind === "comment") {
    const id = `issuecomment-${String(item.comment.id)}`;
    return liveBlock(id, "event", commentBox({ ...item.comment, id }, state, now));
  }
  if (item.kind === "ended") return liveBlock("ended", "event", ended(item, state.pull, now));
  const id = `pullrequestreview-${String(item.review.id)}`;
  return liveBlock(id, "event", review(item.review, item.threads, state, now));
}

function commitList(commits: readonly StandinCommit[], at: string, pull: StandinPullRequest, now: Date): Markup {
  const rows = commits.map(({ sha, message, author }) => {
    const [subject = ""] = message.split("\n");
    return markup`<li>${icon("commit")}${avatar(author.name, "small")}<span class="grow subject" title="${message}">${subject}</span><code class="sha" title="${sha}">${sha.slice(0, 7)}</code></li>`;
  });
  return markup`<div class="row"><span class="badge">${icon("commit")}</span><div class="row-text"><strong>${pull.author.login}</strong> <span class="muted">added ${plural(commits.length, "commit")} ${timeElement(at, now)}</span></div></div><ul class="commits">${rows}</ul>`;
}

const REVIEWS: Readonly<Record<StandinReview["state"], { words: string; icon: IconName; look: string }>> = {
  APPROVED: { words: "approved these changes", icon: "check", look: "success" },
  CHANGES_REQUESTED: { words: "requested changes", icon: "file-diff", look: "failure" },
  COMMENTED: { words: "reviewed", icon: "eye", look: "" },
  DISMISSED: { words: "reviewed, later dismissed,", icon: "eye", look: "" },
  PENDING: { words: "started a review", icon: "eye", look: "" },
};

function review(
  reviewed: StandinReview,
  threads: readonly ThreadView[],
  state: PullRequestPageState,
  now: Date,
): Markup {
  const { words, icon: name, look } = REVIEWS[reviewed.state];
  const at = reviewed.submittedAt ?? state.pull.createdAt;
  const body =
    reviewed.body.trim() === ""
      ? undefined
      : markup`<div class="box"><div class="box-head"><span class="grow">${personName(reviewed.author)} <span class="muted">left a comment</span></span>${roleLabels(reviewed.author, state.repository, state.pull)}</div>${minimizable(reviewed.minimizedReason, markdownBody(reviewed.body, referencesOf(state.repository)))}</div>`;
  return markup`<div class="row">${avatar(reviewed.author.login)}<span class="badge ${look}">${icon(name)}</span><div class="row-text">${personName(reviewed.author)} <span class="muted">${words} ${timeElement(at, now)} at <code title="${reviewed.commitId}">${reviewed.commitId.slice(0, 7)}</code></span></div></div><div class="indent">${body}${threads.map((thread) => threadCard(thread, state, now))}</div>`;
}

function ended({ at, merged }: Extract<TimelineItem, { kind: "ended" }>, pull: StandinPullRequest, now: Date): Markup {
  const who = pull.mergedBy === undefined ? undefined : markup`<strong>${pull.mergedBy.login}</strong> `;
  const words = merged
    ? markup`${who}<span class="muted">merged commit <code>${(pull.mergeCommitSha ?? pull.head.sha).slice(0, 7)}</code> into <code>${pull.base.ref}</code> ${timeElement(at, now)}</span>`
    : markup`<span class="muted">This was closed ${timeElement(at, now)}</span>`;
  return markup`<div class="row"><span class="badge ${merged ? "done" : "failure"}">${icon(merged ? "merge" : "pull-closed")}</span><div class="row-text">${words}</div></div>`;
}
