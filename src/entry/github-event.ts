import { z } from "zod";

import { parseComment } from "../domain/comment-command.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { Trigger } from "../domain/trigger.ts";

const IssueComment = z.object({
  action: z.string(),
  issue: z.object({ number: z.int().positive(), state: z.string(), pull_request: z.object({}).nullish() }),
  comment: z.object({
    id: z.int(),
    body: z.string(),
    user: z.object({ login: z.string(), id: z.int(), type: z.string() }).nullable(),
    performed_via_github_app: z.unknown().optional(),
  }),
});

const PullRequestEvent = z.object({
  action: z.string(),
  pull_request: z.object({
    number: z.int().positive(),
    draft: z.boolean().optional(),
    user: z.object({ type: z.string() }).nullish(),
  }),
});

const REVIEWED_ACTIONS: ReadonlySet<string> = new Set(["opened", "reopened", "synchronize", "ready_for_review"]);

/**
 * What the event that started this workflow asks for. `pullRequest` is the input of that name; where the event itself names a pull
 * request, that one counts. `runId` stands for events that have no identity of their own.
 * @throws {ConfigurationError} for an event this Action is not made for, or one without a pull request.
 */
export function readTrigger(
  event: { readonly name: string; readonly payload: unknown; readonly runId: string },
  pullRequest: number | undefined,
): Trigger {
  switch (event.name) {
    case "issue_comment":
      return ofComment(IssueComment.parse(event.payload));
    case "pull_request":
      return ofPullRequest(PullRequestEvent.parse(event.payload));
    case "workflow_dispatch":
    case "schedule":
      if (pullRequest === undefined) {
        throw new ConfigurationError(`${event.name} names no pull request: set the input pull-request to its number`);
      }
      return { kind: "pull-request", pullRequest, run: `run-${event.runId}` };
    case "pull_request_target":
      throw new ConfigurationError(
        "pull_request_target runs with secrets on a stranger's change; use issue_comment, or pull_request for branches of this repository",
      );
    default:
      throw new ConfigurationError(
        `the event ${event.name} starts no review; use issue_comment, pull_request or workflow_dispatch`,
      );
  }
}

function ofComment({ action, issue, comment }: z.infer<typeof IssueComment>): Trigger {
  const nothing = (reason: string): Trigger => ({ kind: "nothing", reason });
  if (action !== "created") return nothing("only new comments start a review; an edit does not");
  if (issue.pull_request === undefined || issue.pull_request === null)
    return nothing("the comment is not on a pull request");
  if (issue.state !== "open") return nothing("the pull request is closed");
  if (comment.user === null) return nothing("the commenter's account is gone");
  const parsed = parseComment(comment.body);
  if (parsed.kind === "none") return nothing("the comment is not a /parallel-review command");
  const viaApp = comment.performed_via_github_app !== undefined && comment.performed_via_github_app !== null;
  const common = {
    pullRequest: issue.number,
    commentId: comment.id,
    commenter: { login: comment.user.login, id: comment.user.id, type: comment.user.type, viaApp },
  };
  return parsed.kind === "mistake"
    ? { kind: "mistake", ...common, message: parsed.message }
    : { kind: "comment", ...common, command: parsed.command, run: `comment-${comment.id}` };
}

function ofPullRequest({ action, pull_request: pull }: z.infer<typeof PullRequestEvent>): Trigger {
  if (!REVIEWED_ACTIONS.has(action)) return { kind: "nothing", reason: `pull_request ${action} changes no code` };
  if (pull.draft === true)
    return { kind: "nothing", reason: "drafts are reviewed when they are ready, or by a comment" };
  return { kind: "pull-request", pullRequest: pull.number, run: "head" };
}
