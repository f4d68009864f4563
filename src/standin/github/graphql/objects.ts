import { resolveCommit } from "../git/git-store.ts";
import { association } from "../json/issue-json.ts";
import { htmlUrl } from "../json/repository-json.ts";
import { nodeId } from "../json/user-json.ts";
import type {
  StandinIssue,
  StandinIssueComment,
  StandinPullRequest,
  StandinRepository,
  StandinReview,
  StandinReviewComment,
  StandinThread,
  StandinUser,
} from "../model.ts";
import { accessOf } from "../tokens.ts";
import type { StandinToken } from "../tokens.ts";
import { pullsOf, type World } from "../world.ts";
import { connection, type GraphqlObject } from "./project.ts";

/** Builds the GraphQL objects of one request, as its token sees them. */
export interface GraphqlObjects {
  repository(repository: StandinRepository): GraphqlObject;
  pull(repository: StandinRepository, pull: StandinPullRequest): GraphqlObject;
  thread(repository: StandinRepository, pull: StandinPullRequest, thread: StandinThread): GraphqlObject;
  reviewComment(repository: StandinRepository, pull: StandinPullRequest, comment: StandinReviewComment): GraphqlObject;
  issueComment(repository: StandinRepository, comment: StandinIssueComment): GraphqlObject;
  review(repository: StandinRepository, pull: StandinPullRequest, review: StandinReview): GraphqlObject;
  actor(user: StandinUser): GraphqlObject;
}

type Args = Readonly<Record<string, unknown>>;

export const THREAD_PREFIX = "PRRT";

export function graphqlObjects(world: World, token: StandinToken): GraphqlObjects {
  const actor = (user: StandinUser): GraphqlObject => ({
    __typename: user.type,
    // GraphQL names bots without the suffix of the REST API.
    login: user.login.replace("[bot]", ""),
    id: nodeId(user.type === "Bot" ? "BOT" : "U", user.id),
    databaseId: user.id,
    url: `${world.origin}/${user.login}`,
    avatarUrl: `${world.origin}/avatars/${String(user.id)}`,
  });

  const minimizable = (item: { minimizedReason?: string | undefined }): Record<string, unknown> => ({
    isMinimized: item.minimizedReason !== undefined,
    minimizedReason: item.minimizedReason?.toLowerCase() ?? null,
    viewerCanMinimize: token.kind === "installation",
  });

  const issueComment: GraphqlObjects["issueComment"] = (repository, comment) => ({
    __typename: "IssueComment",
    id: nodeId("IC", comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    author: actor(comment.author),
    authorAssociation: association(repository, comment.author),
    viewerDidAuthor: comment.author === token.owner,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    url: `${htmlUrl(world, repository)}/issues/${String(comment.issueNumber)}#issuecomment-${String(comment.id)}`,
    ...minimizable(comment),
  });

  const review: GraphqlObjects["review"] = (repository, pull, item) => ({
    __typename: "PullRequestReview",
    id: nodeId("PRR", item.id),
    databaseId: item.id,
    fullDatabaseId: String(item.id),
    body: item.body,
    state: item.state,
    author: actor(item.author),
    authorAssociation: association(repository, item.author),
    viewerDidAuthor: item.author === token.owner,
    createdAt: item.submittedAt ?? pull.updatedAt,
    updatedAt: item.submittedAt ?? pull.updatedAt,
    submittedAt: item.submittedAt ?? null,
    commit: { __typename: "Commit", oid: item.commitId },
    url: `${htmlUrl(world, repository)}/pull/${String(pull.number)}#pullrequestreview-${String(item.id)}`,
    comments: connection(
      "PullRequestReviewComment",
      pull.reviewComments
        .filter(({ reviewId }) => reviewId === item.id)
        .map((one) => reviewComment(repository, pull, one)),
    ),
    ...minimizable(item),
  });

  const reviewComment: GraphqlObjects["reviewComment"] = (repository, pull, comment) => ({
    __typename: "PullRequestReviewComment",
    id: nodeId("PRRC", comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    pullRequestReview: {
      __typename: "PullRequestReview",
      id: nodeId("PRR", comment.reviewId),
      databaseId: comment.reviewId,
    },
    path: comment.path,
    line: comment.line ?? null,
    originalLine: comment.originalLine ?? null,
    startLine: comment.startLine ?? null,
    diffHunk: comment.diffHunk,
    outdated: comment.thread.isOutdated,
    subjectType: comment.thread.subjectType.toUpperCase(),
    author: actor(comment.author),
    authorAssociation: association(repository, comment.author),
    viewerDidAuthor: comment.author === token.owner,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    commit: { __typename: "Commit", oid: comment.commitId },
    originalCommit: { __typename: "Commit", oid: comment.originalCommitId },
    url: `${htmlUrl(world, repository)}/pull/${String(pull.number)}#discussion_r${String(comment.id)}`,
    ...minimizable(comment),
  });

  const thread: GraphqlObjects["thread"] = (repository, pull, item) => {
    const comments = pull.reviewComments.filter((comment) => comment.thread === item);
    const first = comments[0];
    return {
      __typename: "PullRequestReviewThread",
      id: nodeId(THREAD_PREFIX, item.id),
      isResolved: item.resolvedBy !== undefined,
      isOutdated: item.isOutdated,
      isCollapsed: item.isOutdated || item.resolvedBy !== undefined,
      path: item.path,
      line: first?.line ?? null,
      originalLine: first?.originalLine ?? null,
      startLine: first?.startLine ?? null,
      originalStartLine: first?.originalStartLine ?? null,
      diffSide: first?.side ?? "RIGHT",
      startDiffSide: first?.startSide ?? null,
      subjectType: item.subjectType.toUpperCase(),
      resolvedBy: item.resolvedBy === undefined ? null : actor(item.resolvedBy),
      viewerCanResolve: item.resolvedBy === undefined,
      viewerCanUnresolve: item.resolvedBy !== undefined,
      viewerCanReply: !pull.locked,
      comments: connection(
        "PullRequestReviewComment",
        comments.map((comment) => reviewComment(repository, pull, comment)),
      ),
    };
  };

  const pull: GraphqlObjects["pull"] = (repository, item) => {
    const pending = new Set(
      item.reviews.filter(({ state, author }) => state === "PENDING" && author !== token.owner).map(({ id }) => id),
    );
    const shown = item.reviewComments.filter(({ reviewId }) => !pending.has(reviewId));
    const threads = [...new Set(shown.map((comment) => comment.thread))];
    return {
      __typename: "PullRequest",
      id: nodeId("PR", item.id),
      databaseId: item.id,
      fullDatabaseId: String(item.id),
      number: item.number,
      title: item.title,
      body: item.body ?? "",
      state: item.mergedAt === undefined ? item.state.toUpperCase() : "MERGED",
      mergedAt: item.mergedAt ?? null,
      isDraft: item.draft,
      locked: item.locked,
      merged: item.mergedAt !== undefined,
      closed: item.state === "closed",
      url: `${htmlUrl(world, repository)}/pull/${String(item.number)}`,
      author: actor(item.author),
      baseRefName: item.base.ref,
      baseRefOid: item.base.sha,
      headRefName: item.head.ref,
      headRefOid: item.head.sha,
      isCrossRepository: item.head.repository !== repository,
      changedFiles: item.files.length,
      createdAt: item.createdAt,
      updatedAt: item.updatedAt,
      reviewThreads: connection(
        "PullRequestReviewThread",
        threads.map((one) => thread(repository, item, one)),
      ),
      comments: connection(
        "IssueComment",
        item.comments.map((comment) => issueComment(repository, comment)),
      ),
      reviews: connection(
        "PullRequestReview",
        item.reviews.filter(({ id }) => !pending.has(id)).map((one) => review(repository, item, one)),
      ),
      repository: () => repositoryObject(repository),
    };
  };

  const issue = (repository: StandinRepository, item: StandinIssue): GraphqlObject => ({
    __typename: "Issue",
    id: nodeId("I", item.id),
    databaseId: item.id,
    number: item.number,
    title: item.title,
    body: item.body ?? "",
    state: item.state.toUpperCase(),
    author: actor(item.author),
    viewerDidAuthor: item.author === token.owner,
    createdAt: item.createdAt,
    updatedAt: item.updatedAt,
    url: `${htmlUrl(world, repository)}/issues/${String(item.number)}`,
    userContentEdits: connection(
      "UserContentEdit",
      // GitHub lists them newest first, and what was there at the beginning as the oldest.
      [...(item.edits.length === 0 ? [] : [{ editor: item.author, at: item.createdAt }]), ...item.edits]
        .toReversed()
        .map(({ editor, at }, index) => ({
          __typename: "UserContentEdit",
          id: nodeId("UCE", item.id * 1_000 + index),
          editor: actor(editor),
          editedAt: at,
          createdAt: at,
        })),
    ),
  });

  const repositoryObject: GraphqlObjects["repository"] = (repository) => {
    const ref = async (name: string): Promise<GraphqlObject | null> => {
      const oid = await resolveCommit(world.git, repository.gitDir, name);
      if (oid === undefined) return null;
      const target = { __typename: "Commit", oid, id: `C_kwDO${oid}` };
      return {
        __typename: "Ref",
        id: `REF_${name}`,
        name: name.replace(/^refs\/heads\//, ""),
        prefix: "refs/heads/",
        target,
      };
    };
    return {
      __typename: "Repository",
      id: nodeId("R", repository.id),
      databaseId: repository.id,
      name: repository.name,
      nameWithOwner: repository.fullName,
      owner: actor(repository.owner),
      url: htmlUrl(world, repository),
      isPrivate: repository.private,
      isArchived: repository.archived,
      isFork: repository.parent !== undefined,
      viewerPermission: viewerPermission(token, repository),
      defaultBranchRef: async () => ref(`refs/heads/${repository.defaultBranch}`),
      ref: async ({ qualifiedName }: Args) => ref(qualified(String(qualifiedName))),
      pullRequest: ({ number }: Args) => {
        const found = pullsOf(repository).find((candidate) => candidate.number === number);
        return found === undefined ? null : pull(repository, found);
      },
      issue: ({ number }: Args) => {
        const found = [...repository.issues.values()].find((candidate) => candidate.number === number);
        return found === undefined || found.kind === "pull" ? null : issue(repository, found);
      },
      pullRequests: (args: Args) => {
        const states = Array.isArray(args["states"]) ? args["states"] : [args["states"]];
        const pulls = pullsOf(repository)
          .map((one) => pull(repository, one))
          .filter(({ state }) => args["states"] === undefined || states.includes(state));
        // The only order there is so far: the one that was changed last first.
        const ordered = args["orderBy"] === undefined ? pulls : pulls.toSorted(byUpdate);
        return connection("PullRequest", ordered)(args);
      },
    };
  };

  return { repository: repositoryObject, pull, thread, reviewComment, issueComment, review, actor };
}

function qualified(name: string): string {
  return name.startsWith("refs/") ? name : `refs/heads/${name}`;
}

function byUpdate(a: GraphqlObject, b: GraphqlObject): number {
  return String(b["updatedAt"]).localeCompare(String(a["updatedAt"]));
}

function viewerPermission(token: StandinToken, repository: StandinRepository): string | null {
  if (token.kind === "installation") return token.permissions.contents === "write" ? "WRITE" : "READ";
  const level = accessOf(token.owner.login, repository);
  return level === "none" ? null : level.toUpperCase();
}
