import type { AppJob } from "../../src/domain/app-job.ts";
import type { CommentCommand } from "../../src/domain/comment-command.ts";

const NO_ONE_IN_PARTICULAR = { login: "dev", id: 7, type: "User", viaApp: false };

/** A command in a comment of a pull request. */
export function commandJob(
  commentId: number,
  fields: Partial<AppJob> & { readonly verb?: "review" | "help" | "stop" | "plan" } = {},
): AppJob {
  const { verb = "review", ...rest } = fields;
  const pullRequest = rest.pullRequest ?? 7;
  const command: CommentCommand = { verb, options: {} };
  const run = `comment-${commentId}`;
  return {
    key: `acme/shop#${pullRequest}/${run}`,
    installation: 1,
    repository: "acme/shop",
    repositoryId: 100,
    pullRequest,
    kind: "command",
    trigger: { kind: "comment", pullRequest, commentId, commenter: NO_ONE_IN_PARTICULAR, command, run },
    delivery: `delivery-of-${commentId}`,
    receivedMs: Date.now(),
    ...rest,
  };
}

/** A push to a pull request. */
export function pushJob(head: string, fields: Partial<AppJob> = {}): AppJob {
  const pullRequest = fields.pullRequest ?? 7;
  return {
    key: `acme/shop#${pullRequest}/head-${head}`,
    installation: 1,
    repository: "acme/shop",
    repositoryId: 100,
    pullRequest,
    head,
    kind: "pull-request",
    trigger: { kind: "pull-request", pullRequest, run: "head" },
    delivery: `delivery-of-${head}`,
    receivedMs: Date.now(),
    ...fields,
  };
}
