import { deliverEvent } from "./apps/deliver.ts";
import { checkRunJson } from "./json/check-json.ts";
import { issueCommentJson, issueJson } from "./json/issue-json.ts";
import { pullJson } from "./json/pull-json.ts";
import { repositoryJson } from "./json/repository-json.ts";
import { reviewCommentJson, reviewJson } from "./json/review-json.ts";
import { nodeId, userJson } from "./json/user-json.ts";
import type { StandinCheckRun } from "./model-checks.ts";
import type {
  StandinIssueComment,
  StandinPullRequest,
  StandinRepository,
  StandinReview,
  StandinReviewComment,
  StandinUser,
} from "./model.ts";
import { emit, requireIssue, type World } from "./world.ts";

/** What Actions would start a run with: the event's name and the payload it writes to the file at GITHUB_EVENT_PATH. */
export interface StandinEvent {
  readonly name:
    | "issue_comment"
    | "pull_request"
    | "pull_request_review"
    | "pull_request_review_comment"
    | "workflow_dispatch";
  readonly action: string | undefined;
  readonly repository: StandinRepository;
  readonly sender: StandinUser;
  readonly payload: Readonly<Record<string, unknown>>;
}

export type PullAction =
  | "opened"
  | "synchronize"
  | "edited"
  | "closed"
  | "reopened"
  | "ready_for_review"
  | "converted_to_draft"
  | "labeled"
  | "unlabeled";

/** Announces something that happened, except what GITHUB_TOKEN did: GitHub starts no runs for that. */
function announce(
  world: World,
  name: StandinEvent["name"],
  action: string | undefined,
  repository: StandinRepository,
  sender: StandinUser,
  more: Readonly<Record<string, unknown>>,
): StandinEvent {
  const payload = {
    ...(action === undefined ? {} : { action }),
    ...more,
    repository: repositoryJson(world, repository),
    sender: userJson(world, sender),
  };
  const event: StandinEvent = { name, action, repository, sender, payload };
  if (sender.login !== "github-actions[bot]") emit(world, event);
  if (name !== "workflow_dispatch") deliverEvent(world, event);
  return event;
}

export function issueCommentEvent(
  world: World,
  repository: StandinRepository,
  comment: StandinIssueComment,
  sender: StandinUser,
  action: "created" | "edited" | "deleted",
  previousBody?: string,
): StandinEvent {
  const issue = requireIssue(repository, String(comment.issueNumber));
  return announce(world, "issue_comment", action, repository, sender, {
    ...(previousBody === undefined ? {} : { changes: { body: { from: previousBody } } }),
    issue: issueJson(world, repository, issue),
    comment: issueCommentJson(world, repository, comment),
  });
}

export function pullEvent(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
  sender: StandinUser,
  action: PullAction,
  more: Readonly<Record<string, unknown>> = {},
): StandinEvent {
  return announce(world, "pull_request", action, repository, sender, {
    number: pull.number,
    pull_request: pullJson(world, repository, pull),
    ...more,
  });
}

export function reviewEvent(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
  review: StandinReview,
  sender: StandinUser,
  action: "submitted" | "edited" | "dismissed",
): StandinEvent {
  return announce(world, "pull_request_review", action, repository, sender, {
    review: { ...reviewJson(world, repository, pull, review), state: review.state.toLowerCase() },
    pull_request: pullJson(world, repository, pull),
  });
}

export function reviewCommentEvent(
  world: World,
  repository: StandinRepository,
  pull: StandinPullRequest,
  comment: StandinReviewComment,
  sender: StandinUser,
  action: "created" | "edited" | "deleted",
): StandinEvent {
  return announce(world, "pull_request_review_comment", action, repository, sender, {
    comment: reviewCommentJson(world, repository, pull, comment),
    pull_request: pullJson(world, repository, pull),
  });
}

/** A button of a check was pressed: only the App that made the check hears of it, and no workflow does. */
export function checkRunEvent(
  world: World,
  repository: StandinRepository,
  run: StandinCheckRun,
  sender: StandinUser,
  button: string | undefined,
): void {
  const action = button === undefined ? "rerequested" : "requested_action";
  deliverEvent(world, {
    name: "check_run",
    action,
    repository,
    only: run.app,
    payload: {
      action,
      check_run: checkRunJson(world, repository, run),
      ...(button === undefined ? {} : { requested_action: { identifier: button } }),
      repository: repositoryJson(world, repository),
      sender: userJson(world, sender),
    },
  });
}

/** A branch was pushed to: Apps hear of it. `files` are those of the one commit; undefined where the branch was moved by force. */
export function pushEvent(
  world: World,
  repository: StandinRepository,
  pushed: {
    readonly branch: string;
    readonly before: string | undefined;
    readonly after: string;
    readonly files: Readonly<Record<string, unknown>> | undefined;
  },
  sender: StandinUser,
): void {
  const { branch, before, after, files } = pushed;
  const paths = Object.entries(files ?? {});
  const commit = {
    id: after,
    added: [],
    modified: paths.flatMap(([path, content]) => (content === null ? [] : [path])),
    removed: paths.flatMap(([path, content]) => (content === null ? [path] : [])),
  };
  deliverEvent(world, {
    name: "push",
    action: undefined,
    repository,
    payload: {
      ref: `refs/heads/${branch}`,
      before: before ?? "0".repeat(after.length),
      after,
      created: before === undefined,
      deleted: false,
      forced: files === undefined,
      commits: files === undefined ? [] : [commit],
      repository: repositoryJson(world, repository),
      sender: userJson(world, sender),
    },
  });
}

export function dispatchEvent(
  world: World,
  repository: StandinRepository,
  sender: StandinUser,
  dispatch: { workflow: string; ref: string; inputs: Readonly<Record<string, unknown>> },
): StandinEvent {
  return announce(world, "workflow_dispatch", undefined, repository, sender, {
    inputs: dispatch.inputs,
    ref: dispatch.ref,
    workflow: dispatch.workflow,
    enterprise: null,
    organization: null,
    installation: { id: 1, node_id: nodeId("IN", 1) },
  });
}
