import { z } from "zod";

import { parseComment, type ParsedComment } from "../domain/comment-command.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { commentRun, type Trigger } from "../domain/trigger.ts";
import { CHECK_NAME } from "./compose-publisher.ts";

const User = z.object({ login: z.string(), id: z.number(), type: z.string() });

const IssueComment = z.object({
  action: z.string(),
  issue: z.object({ number: z.int().positive(), state: z.string(), pull_request: z.object({}).nullish() }),
  comment: z.object({
    id: z.int(),
    body: z.string(),
    user: User.nullable(),
    performed_via_github_app: z.unknown().optional(),
  }),
});

const ReviewComment = z.object({
  action: z.string(),
  pull_request: z.object({ number: z.int().positive(), state: z.string() }),
  comment: z.object({
    id: z.int(),
    body: z.string(),
    user: User.nullable(),
    in_reply_to_id: z.int().nullish(),
    performed_via_github_app: z.unknown().optional(),
  }),
});

const PullRequestEvent = z.object({
  action: z.string(),
  label: z.object({ name: z.string() }).nullish(),
  sender: User.nullish(),
  pull_request: z.object({ number: z.int().positive(), draft: z.boolean().optional() }),
});

const CheckRunEvent = z.object({
  action: z.string(),
  check_run: z.object({
    id: z.int(),
    name: z.string(),
    pull_requests: z.array(z.object({ number: z.int().positive() })),
  }),
  sender: User,
});

/** A label of this name asks for a review. */
const LABEL = "parallel-review";

const REVIEWED_ACTIONS: ReadonlySet<string> = new Set(["opened", "reopened", "synchronize", "ready_for_review"]);

/**
 * What an event asks for: the one reader of events, of workflows and of webhooks. `pullRequest` is the input of that name; where the event itself names a pull
 * request, that one counts. `runId` stands for events that have no identity of their own: the workflow run, or the delivery.
 * @throws {ConfigurationError} for an event this Action is not made for, or one without a pull request.
 */
export function readTrigger(
  event: { readonly name: string; readonly payload: unknown; readonly runId: string },
  pullRequest: number | undefined,
): Trigger {
  switch (event.name) {
    case "issue_comment":
      return ofIssueComment(IssueComment.parse(event.payload));
    case "pull_request_review_comment":
      return ofReviewComment(ReviewComment.parse(event.payload));
    case "check_run":
      return ofCheckRun(CheckRunEvent.parse(event.payload), event.runId);
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

function nothing(reason: string): Trigger {
  return { kind: "nothing", reason };
}

function ofIssueComment({ action, issue, comment }: z.infer<typeof IssueComment>): Trigger {
  if (issue.pull_request === undefined || issue.pull_request === null) {
    return nothing("the comment is not on a pull request");
  }
  return ofComment(action, issue, comment, parseComment(comment.body), {});
}

function ofReviewComment({ action, pull_request: pull, comment }: z.infer<typeof ReviewComment>): Trigger {
  const threadId = comment.in_reply_to_id ?? comment.id;
  return ofComment(action, pull, comment, parseComment(comment.body, "thread"), { threadId });
}

function ofComment(
  action: string,
  pull: { readonly number: number; readonly state: string },
  comment: z.infer<typeof IssueComment>["comment"],
  parsed: ParsedComment,
  thread: { readonly threadId?: number },
): Trigger {
  if (action !== "created") return nothing("only new comments start a review; an edit does not");
  if (pull.state !== "open") return nothing("the pull request is closed");
  if (comment.user === null) return nothing("the commenter's account is gone");
  if (parsed.kind === "none") return nothing("the comment is not a /parallel-review command");
  const viaApp = comment.performed_via_github_app !== undefined && comment.performed_via_github_app !== null;
  const common = {
    pullRequest: pull.number,
    commentId: comment.id,
    ...thread,
    commenter: { login: comment.user.login, id: comment.user.id, type: comment.user.type, viaApp },
  };
  if (parsed.kind === "mistake") return { kind: "mistake", ...common, message: parsed.message };
  return { kind: "comment", ...common, command: parsed.command, run: commentRun(common) };
}

function ofPullRequest({ action, label, sender, pull_request: pull }: z.infer<typeof PullRequestEvent>): Trigger {
  const { number: pullRequest } = pull;
  if (action === "closed") return { kind: "stop", pullRequest, reason: "the pull request was closed" };
  const isAsked = action === "labeled" && label?.name === LABEL;
  if (!isAsked && !REVIEWED_ACTIONS.has(action)) return nothing(`pull_request ${action} changes no code`);
  if (pull.draft === true) return nothing("drafts are reviewed when they are ready, or by a comment");
  const trigger = { kind: "pull-request", pullRequest, run: "head" } as const;
  return isAsked && sender !== null && sender !== undefined ? { ...trigger, requester: sender } : trigger;
}

/** "Re-run" on our check. `delivery` tells one click from the next. */
function ofCheckRun({ action, check_run: check, sender }: z.infer<typeof CheckRunEvent>, delivery: string): Trigger {
  if (action !== "rerequested" && action !== "requested_action") return nothing(`check_run ${action} asks for nothing`);
  if (check.name !== CHECK_NAME) return nothing(`the check ${check.name} is not ours`);
  const [pull] = check.pull_requests;
  if (pull === undefined) return nothing("the check names no pull request, as those of forks do not; comment instead");
  const run = `check-${check.id}-${delivery}`;
  return { kind: "pull-request", pullRequest: pull.number, run, requester: sender };
}
