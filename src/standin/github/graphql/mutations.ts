import { listCommits, resolveCommit } from "../git/git-store.ts";
import { commitFiles } from "../git/git-write.ts";
import { isObject, type JsonObject } from "../http/request-body.ts";
import type { Grant } from "../http/route.ts";
import { htmlUrl } from "../json/repository-json.ts";
import type { StandinRepository } from "../model.ts";
import { changePull } from "../pull-scene.ts";
import { refreshPulls } from "../pull-state.ts";
import { canSee, holds, type StandinToken } from "../tokens.ts";
import { findRepository, type World } from "../world.ts";
import { findNode, type Node } from "./nodes.ts";
import { graphqlObjects } from "./objects.ts";
import { GraphqlProblem, isGraphqlObject, type GraphqlObject } from "./project.ts";

type Args = Readonly<Record<string, unknown>>;

/** The root of a mutation. */
export function mutations(world: World, token: StandinToken): GraphqlObject {
  const objects = graphqlObjects(world, token);

  const resolveThread = ({ input }: Args, resolved: boolean): GraphqlObject => {
    const node = findNode(world, token, text(input, "threadId"));
    // Not a slip: GitHub wants contents: write for this too (github/gh-aw#35726, community discussion 44650).
    requireAll(token, node.repository, ["pull_requests=write", "contents=write"]);
    if (node.thread === undefined) throw notOfType("PullRequestReviewThread", text(input, "threadId"));
    node.thread.resolvedBy = resolved ? token.owner : undefined;
    return payload("ResolveReviewThreadPayload", input, { thread: node.object(objects) });
  };

  const minimize = ({ input }: Args, reason: string | undefined): GraphqlObject => {
    const node = findNode(world, token, text(input, "subjectId"));
    requireAny(token, node.repository, ["pull_requests=write", "issues=write"]);
    if (node.minimizable === undefined) throw notOfType("Minimizable", text(input, "subjectId"));
    node.minimizable.minimizedReason = reason;
    const key = reason === undefined ? "unminimizedComment" : "minimizedComment";
    return payload("MinimizeCommentPayload", input, { [key]: node.object(objects) });
  };

  const setDraft = async ({ input }: Args, draft: boolean): Promise<GraphqlObject> => {
    const node: Node = findNode(world, token, text(input, "pullRequestId"));
    requireAll(token, node.repository, ["pull_requests=write"]);
    if (node.pull === undefined) throw notOfType("PullRequest", text(input, "pullRequestId"));
    await changePull(world, node.repository, node.pull.number, token.owner.login, draft ? "draft" : "ready");
    return payload("PullRequestPayload", input, { pullRequest: node.object(objects) });
  };

  return {
    __typename: "Mutation",
    resolveReviewThread: (args: Args) => resolveThread(args, true),
    unresolveReviewThread: (args: Args) => resolveThread(args, false),
    minimizeComment: (args: Args) => minimize(args, text(args["input"], "classifier")),
    unminimizeComment: (args: Args) => minimize(args, undefined),
    convertPullRequestToDraft: async (args: Args) => setDraft(args, true),
    markPullRequestReadyForReview: async (args: Args) => setDraft(args, false),
    createCommitOnBranch: async ({ input }: Args) =>
      payload("CreateCommitOnBranchPayload", input, await commitOnBranch(world, token, input)),
  };
}

async function commitOnBranch(world: World, token: StandinToken, input: unknown): Promise<Record<string, unknown>> {
  const branch = record(input, "branch");
  const fullName = text(branch, "repositoryNameWithOwner");
  const [owner = "", name = ""] = fullName.split("/");
  const repository = findRepository(world, owner, name);
  if (repository === undefined || !canSee(token, repository)) {
    throw new GraphqlProblem("NOT_FOUND", `Could not resolve to a Repository with the name '${fullName}'.`);
  }
  requireAll(token, repository, ["contents=write"]);
  const branchName = text(branch, "branchName").replace(/^refs\/heads\//, "");
  const ref = `refs/heads/${branchName}`;
  const tip = await resolveCommit(world.git, repository.gitDir, ref);
  const expected = text(input, "expectedHeadOid");
  if (tip === undefined) throw new GraphqlProblem("NOT_FOUND", `No such branch "${branchName}"`);
  if (tip !== expected) {
    const message = `Expected branch to point to "${expected}" but it points to "${tip}". Pull and try again.`;
    throw new GraphqlProblem("STALE_DATA", message);
  }
  const message = record(input, "message");
  const changes = record(input, "fileChanges");
  const body = message["body"];
  const author = { name: token.owner.name, email: token.owner.email, date: world.clock() };
  const oid = await commitFiles(world.git, repository.gitDir, {
    ref,
    parent: tip,
    message: [text(message, "headline"), ...(typeof body === "string" && body !== "" ? ["", body] : [])].join("\n"),
    author,
    files: {
      ...Object.fromEntries(
        records(changes, "additions").map((one) => [text(one, "path"), Buffer.from(text(one, "contents"), "base64")]),
      ),
      ...Object.fromEntries(records(changes, "deletions").map((one) => [text(one, "path"), null])),
    },
  });
  await refreshPulls(world, repository, branchName, token.owner);
  const [commit] = await listCommits(world.git, repository.gitDir, oid, ["-n", "1"]);
  const target = {
    __typename: "Commit",
    id: `C_kwDO${oid}`,
    oid,
    url: `${htmlUrl(world, repository)}/commit/${oid}`,
    message: commit?.message ?? "",
    committedDate: commit?.committer.date ?? "",
  };
  return { commit: target, ref: { __typename: "Ref", name: branchName, prefix: "refs/heads/", target } };
}

function payload(typename: string, input: unknown, more: Record<string, unknown>): GraphqlObject {
  const id = isObject(input) ? (input["clientMutationId"] ?? null) : null;
  const result = { __typename: typename, clientMutationId: id, ...more };
  if (!isGraphqlObject(result)) throw new TypeError(`${typename} has no type name`);
  return result;
}

function requireAll(token: StandinToken, repository: StandinRepository, grants: readonly Grant[]): void {
  if (!grants.every((grant) => holds(token, repository, [grant]))) throw forbidden(token);
}

function requireAny(token: StandinToken, repository: StandinRepository, grants: readonly Grant[]): void {
  if (!holds(token, repository, grants)) throw forbidden(token);
}

function forbidden({ kind }: StandinToken): GraphqlProblem {
  const whose = kind === "installation" ? "integration" : "personal access token";
  return new GraphqlProblem("FORBIDDEN", `Resource not accessible by ${whose}`);
}

function notOfType(type: string, id: string): GraphqlProblem {
  return new GraphqlProblem("NOT_FOUND", `Could not resolve to ${type} node with the global id of '${id}'.`);
}

function record(value: unknown, field: string): JsonObject {
  const inner = isObject(value) ? value[field] : undefined;
  return isObject(inner) ? inner : {};
}

function records(value: JsonObject, field: string): JsonObject[] {
  const inner = value[field];
  return Array.isArray(inner) ? inner.filter(isObject) : [];
}

function text(value: unknown, field: string): string {
  const inner = isObject(value) ? value[field] : undefined;
  if (typeof inner !== "string") throw new GraphqlProblem("argumentLiteralsIncompatible", `${field} is required`);
  return inner;
}
