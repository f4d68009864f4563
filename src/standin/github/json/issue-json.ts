import type {
  StandinIssue,
  StandinIssueComment,
  StandinLabel,
  StandinPullRequest,
  StandinReaction,
  StandinRepository,
  StandinUser,
} from "../model.ts";
import { accessOf, isAtLeast } from "../tokens.ts";
import type { World } from "../world.ts";
import { apiUrl, htmlUrl } from "./repository-json.ts";
import { nodeId, userJson } from "./user-json.ts";

/** How GitHub describes an author's tie to the repository. It is not a permission. */
export function association(repository: StandinRepository, author: StandinUser): string {
  const level = accessOf(author.login, repository);
  if (author.login.toLowerCase() === repository.owner.login.toLowerCase()) return "OWNER";
  if (author.type !== "Bot" && repository.collaborators.has(author.login) && isAtLeast(level, "read")) {
    return "COLLABORATOR";
  }
  return "NONE";
}

export function labelJson(world: World, repository: StandinRepository, label: StandinLabel): Record<string, unknown> {
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: `${apiUrl(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: label.description,
    color: label.color,
    default: false,
  };
}

export function labelsOf(world: World, repository: StandinRepository, issue: StandinIssue): Record<string, unknown>[] {
  return issue.labels.flatMap((name) => {
    const label = repository.labels.get(name.toLowerCase());
    return label === undefined ? [] : [labelJson(world, repository, label)];
  });
}

/** An issue; for a pull request with the `pull_request` key that tells them apart. */
export function issueJson(
  world: World,
  repository: StandinRepository,
  issue: StandinIssue | StandinPullRequest,
): Record<string, unknown> {
  const number = String(issue.number);
  const api = `${apiUrl(world, repository)}/issues/${number}`;
  const html = `${htmlUrl(world, repository)}/${issue.kind === "pull" ? "pull" : "issues"}/${number}`;
  return {
    url: api,
    repository_url: apiUrl(world, repository),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    html_url: html,
    id: issue.id,
    node_id: nodeId(issue.kind === "pull" ? "PR" : "I", issue.id),
    number: issue.number,
    title: issue.title,
    user: userJson(world, issue.author),
    labels: labelsOf(world, repository, issue),
    state: issue.state,
    locked: issue.locked,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt ?? null,
    author_association: association(repository, issue.author),
    active_lock_reason: null,
    ...(issue.kind === "pull" ? pullKeys(world, repository, issue, html) : {}),
    body: issue.body,
    closed_by: null,
    reactions: reactionSummary(`${api}/reactions`, []),
    timeline_url: `${api}/timeline`,
    performed_via_github_app: null,
    state_reason: issue.state === "closed" ? "completed" : null,
  };
}

function pullKeys(
  world: World,
  repository: StandinRepository,
  issue: StandinIssue | StandinPullRequest,
  html: string,
): Record<string, unknown> {
  const pull = "draft" in issue ? issue : undefined;
  return {
    draft: pull?.draft ?? false,
    pull_request: {
      url: `${apiUrl(world, repository)}/pulls/${String(issue.number)}`,
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      merged_at: pull?.mergedAt ?? null,
    },
  };
}

export function issueCommentJson(
  world: World,
  repository: StandinRepository,
  comment: StandinIssueComment,
): Record<string, unknown> {
  const id = String(comment.id);
  const number = String(comment.issueNumber);
  const api = apiUrl(world, repository);
  const kind = repository.issues.get(comment.issueNumber)?.kind === "pull" ? "pull" : "issues";
  return {
    url: `${api}/issues/comments/${id}`,
    html_url: `${htmlUrl(world, repository)}/${kind}/${number}#issuecomment-${id}`,
    issue_url: `${api}/issues/${number}`,
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    user: userJson(world, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: association(repository, comment.author),
    body: comment.body,
    reactions: reactionSummary(`${api}/issues/comments/${id}/reactions`, comment.reactions),
    performed_via_github_app: null,
  };
}

export const REACTIONS = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"] as const;

export function reactionSummary(url: string, reactions: readonly StandinReaction[]): Record<string, unknown> {
  const count = (content: string): number => reactions.filter((reaction) => reaction.content === content).length;
  return {
    url,
    total_count: reactions.length,
    ...Object.fromEntries(REACTIONS.map((content) => [content, count(content)])),
  };
}

export function reactionJson(world: World, reaction: StandinReaction): Record<string, unknown> {
  return {
    id: reaction.id,
    node_id: nodeId("REA", reaction.id),
    user: userJson(world, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}
