import type { StandinPullRequest, StandinRepository } from "../model.ts";
import type { World } from "../world.ts";
import { association, labelsOf } from "./issue-json.ts";
import { apiUrl, htmlUrl, repositoryJson } from "./repository-json.ts";
import { nodeId, userJson } from "./user-json.ts";

/** A pull request as lists show it. */
export function pullSummaryJson(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
): Record<string, unknown> {
  const number = String(pull.number);
  const api = apiUrl(world, repository);
  const url = `${api}/pulls/${number}`;
  const issue = `${api}/issues/${number}`;
  const html = `${htmlUrl(world, repository)}/pull/${number}`;
  const statuses = `${api}/statuses/${pull.head.sha}`;
  const reviewComment = `${api}/pulls/comments{/number}`;
  return {
    url,
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    number: pull.number,
    state: pull.state,
    locked: pull.locked,
    title: pull.title,
    user: userJson(world, pull.author),
    body: pull.body,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt ?? null,
    merged_at: pull.mergedAt ?? null,
    merge_commit_sha: pull.mergeCommitSha ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: labelsOf(world, repository, pull),
    milestone: null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: reviewComment,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    head: {
      label: `${pull.head.owner.login}:${pull.head.ref}`,
      ref: pull.head.ref,
      sha: pull.head.sha,
      user: userJson(world, pull.head.owner),
      repo: pull.head.repository === undefined ? null : repositoryJson(world, pull.head.repository),
    },
    base: {
      label: `${repository.owner.login}:${pull.base.ref}`,
      ref: pull.base.ref,
      sha: pull.base.sha,
      user: userJson(world, repository.owner),
      repo: repositoryJson(world, repository),
    },
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: reviewComment },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: association(repository, pull.author),
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** A pull request as `GET /pulls/{number}` and events show it. */
export function pullJson(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
): Record<string, unknown> {
  const sum = (count: (file: { additions: number; deletions: number }) => number): number =>
    pull.files.reduce((total, file) => total + count(file), 0);
  const pending = new Set(pull.reviews.filter(({ state }) => state === "PENDING").map(({ id }) => id));
  return {
    ...pullSummaryJson(world, repository, pull),
    merged: pull.mergedAt !== undefined,
    mergeable: pull.state === "open" ? true : null,
    rebaseable: pull.state === "open" ? true : null,
    mergeable_state: pull.draft ? "draft" : pull.state === "open" ? "clean" : "unknown",
    merged_by: pull.mergedBy === undefined ? null : userJson(world, pull.mergedBy),
    comments: pull.comments.length,
    review_comments: pull.reviewComments.filter(({ reviewId }) => !pending.has(reviewId)).length,
    maintainer_can_modify: pull.head.repository !== repository,
    commits: pull.commits.length,
    additions: sum(({ additions }) => additions),
    deletions: sum(({ deletions }) => deletions),
    changed_files: pull.files.length,
  };
}
