import { comment as addComment } from "../conversation-scene.ts";
import { issueCommentEvent } from "../events.ts";
import { created, NO_CONTENT, notFound, ok, refusal, validationFailed, type Answer } from "../http/answer.ts";
import { mayModerate } from "../http/authorize.ts";
import { checkLength, inFields, requireText } from "../http/body-limit.ts";
import { page } from "../http/page.ts";
import { readRoute, writeRoute, type Route, type SignedCall } from "../http/route.ts";
import { issueCommentJson, issueJson } from "../json/issue-json.ts";
import type { StandinIssue, StandinIssueComment, StandinRepository } from "../model.ts";
import { nextNumber } from "../pull-scene.ts";
import { now, requireIssue, requireWritable } from "../world.ts";
import { setLabels } from "./label-routes.ts";

/** A pull request is an issue too, so either permission will do. */
const READ = ["issues=read", "pull_requests=read"] as const;
const WRITE = ["issues=write", "pull_requests=write"] as const;

export const issueRoutes: readonly Route[] = [
  readRoute("/issues", READ, ({ world, repository, url }) => {
    const state = url.searchParams.get("state") ?? "open";
    const wanted = (url.searchParams.get("labels") ?? "").split(",").filter((name) => name !== "");
    const creator = url.searchParams.get("creator");
    const found = [...repository.issues.values()]
      .filter((issue) => creator === null || issue.author.login.toLowerCase() === creator.toLowerCase())
      .filter((issue) => state === "all" || issue.state === state)
      .filter((issue) => wanted.every((name) => issue.labels.includes(name)))
      .toReversed();
    return page(
      found.map((issue) => issueJson(world, repository, issue)),
      url,
    );
  }),
  writeRoute("POST", "/issues", ["issues=write"], createIssue),
  readRoute("/issues/:number", READ, ({ world, repository, params }) =>
    ok(issueJson(world, repository, requireIssue(repository, params["number"]))),
  ),
  writeRoute("PATCH", "/issues/:number", WRITE, updateIssue),
  readRoute("/issues/:number/comments", READ, ({ world, repository, params, url }) => {
    const since = url.searchParams.get("since");
    const comments = requireIssue(repository, params["number"]).comments.filter(
      ({ updatedAt }) => since === null || updatedAt >= since,
    );
    return page(
      comments.map((comment) => issueCommentJson(world, repository, comment)),
      url,
    );
  }),
  readRoute("/issues/comments", READ, ({ world, repository, url }) => {
    const query = url.searchParams;
    const since = query.get("since");
    const found = [...repository.issues.values()]
      .flatMap(({ comments }) => comments)
      .filter(({ updatedAt }) => since === null || updatedAt >= since)
      .toSorted((a, b) => a.id - b.id);
    return page(
      (query.get("direction") === "desc" ? found.toReversed() : found).map((comment) =>
        issueCommentJson(world, repository, comment),
      ),
      url,
    );
  }),
  writeRoute("POST", "/issues/:number/comments", WRITE, createComment),
  readRoute("/issues/comments/:comment", READ, ({ world, repository, params }) =>
    ok(issueCommentJson(world, repository, findIssueComment(repository, params["comment"]).comment)),
  ),
  writeRoute("PATCH", "/issues/comments/:comment", WRITE, (call) => {
    const { world, repository, body, actor } = call;
    const { comment } = requireOwn(call);
    const before = comment.body;
    comment.body = requireText(body, inFields("IssueComment"));
    comment.updatedAt = now(world);
    issueCommentEvent(world, repository, comment, actor, "edited", before);
    return ok(issueCommentJson(world, repository, comment));
  }),
  writeRoute("DELETE", "/issues/comments/:comment", WRITE, (call) => {
    const { issue, comment } = requireOwn(call);
    issueCommentEvent(call.world, call.repository, comment, call.actor, "deleted");
    issue.comments.splice(issue.comments.indexOf(comment), 1);
    return NO_CONTENT;
  }),
];

/** @throws Refusal 404 */
export function findIssueComment(
  repository: StandinRepository,
  id: string | undefined,
): { issue: StandinIssue; comment: StandinIssueComment } {
  for (const issue of repository.issues.values()) {
    const comment = issue.comments.find((candidate) => String(candidate.id) === id);
    if (comment !== undefined) return { issue, comment };
  }
  throw notFound();
}

function requireOwn({ repository, params, actor, token }: SignedCall): {
  issue: StandinIssue;
  comment: StandinIssueComment;
} {
  requireWritable(repository);
  const found = findIssueComment(repository, params["comment"]);
  if (found.comment.author !== actor && !mayModerate(token, repository)) {
    throw refusal(403, "Must have admin rights to Repository.");
  }
  return found;
}

function createComment({ world, repository, params, body, actor }: SignedCall): Answer {
  requireWritable(repository);
  const issue = requireIssue(repository, params["number"]);
  if (issue.locked) throw refusal(403, "Unable to create comment because issue is locked.");
  const text = requireText(body, inFields("IssueComment"));
  const { comment } = addComment(world, repository, issue.number, actor.login, text);
  const json = issueCommentJson(world, repository, comment);
  return created(json, String(json["url"]));
}

function createIssue({ world, repository, body, actor }: SignedCall): Answer {
  requireWritable(repository);
  const title = readTitle(body.value("title"));
  const text = body.optionalText("body");
  checkLength(text ?? "", inFields("Issue"));
  const number = nextNumber(repository);
  const issue: StandinIssue = {
    kind: "issue",
    number,
    id: world.nextId(),
    author: actor,
    title,
    body: text ?? null,
    state: "open",
    locked: false,
    labels: [],
    comments: [],
    createdAt: now(world),
    updatedAt: now(world),
    edits: [],
  };
  repository.issues.set(number, issue);
  setLabels(world, repository, issue, body.optionalTexts("labels") ?? []);
  const json = issueJson(world, repository, issue);
  return created(json, String(json["url"]));
}

/** GitHub's longest title is 256 characters. */
function readTitle(value: unknown): string {
  const resource = "Issue";
  const title = typeof value === "number" ? String(value) : value;
  if (typeof title !== "string" || title === "")
    throw validationFailed({ resource, field: "title", code: "missing_field" });
  if (title.length > 256) {
    throw validationFailed({
      resource,
      field: "title",
      code: "custom",
      message: "title is too long (maximum is 256 characters)",
    });
  }
  return title;
}

function updateIssue({ world, repository, params, body, actor }: SignedCall): Answer {
  requireWritable(repository);
  const issue = requireIssue(repository, params["number"]);
  const text = body.optionalText("body");
  checkLength(text ?? "", inFields("Issue"));
  if (body.has("title")) issue.title = readTitle(body.value("title"));
  if (text !== undefined && text !== issue.body) {
    issue.body = text;
    issue.edits.push({ editor: actor, at: now(world) });
  }
  const state = body.optionalChoice("state", ["open", "closed"]);
  if (state !== undefined && state !== issue.state) {
    issue.state = state;
    issue.closedAt = state === "closed" ? now(world) : undefined;
  }
  const labels = body.optionalTexts("labels");
  if (labels !== undefined) setLabels(world, repository, issue, labels);
  issue.updatedAt = now(world);
  return ok(issueJson(world, repository, issue));
}
