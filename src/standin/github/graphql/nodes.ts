import { nodeId } from "../json/user-json.ts";
import type {
  StandinIssueComment,
  StandinPullRequest,
  StandinRepository,
  StandinReview,
  StandinReviewComment,
  StandinThread,
} from "../model.ts";
import { canSee, type StandinToken } from "../tokens.ts";
import { pullsOf, type World } from "../world.ts";
import { THREAD_PREFIX, type GraphqlObjects } from "./objects.ts";
import { GraphqlProblem, type GraphqlObject } from "./project.ts";

/** Something with a global id. */
export interface Node {
  readonly repository: StandinRepository;
  readonly pull: StandinPullRequest | undefined;
  readonly thread?: StandinThread;
  /** What `minimizeComment` may hide. */
  readonly minimizable?: StandinIssueComment | StandinReviewComment | StandinReview;
  object(objects: GraphqlObjects): GraphqlObject;
}

/** @throws GraphqlProblem NOT_FOUND, also for what the token may not see. */
export function findNode(world: World, token: StandinToken, id: string): Node {
  for (const repository of world.repositories.values()) {
    if (!canSee(token, repository)) continue;
    const node = nodesOf(repository, id).next().value;
    if (node !== undefined) return node;
  }
  throw new GraphqlProblem("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

function* nodesOf(repository: StandinRepository, id: string): Generator<Node, undefined> {
  for (const issue of repository.issues.values()) {
    for (const comment of issue.comments) {
      if (nodeId("IC", comment.id) === id) {
        yield {
          repository,
          pull: undefined,
          minimizable: comment,
          object: (objects) => objects.issueComment(repository, comment),
        };
      }
    }
  }
  for (const pull of pullsOf(repository)) {
    if (nodeId("PR", pull.id) === id) yield { repository, pull, object: (objects) => objects.pull(repository, pull) };
    for (const review of pull.reviews) {
      if (nodeId("PRR", review.id) !== id) continue;
      yield { repository, pull, minimizable: review, object: (objects) => objects.review(repository, pull, review) };
    }
    for (const comment of pull.reviewComments) {
      const { thread } = comment;
      if (nodeId("PRRC", comment.id) === id) {
        const object = (objects: GraphqlObjects): GraphqlObject => objects.reviewComment(repository, pull, comment);
        yield { repository, pull, minimizable: comment, object };
      }
      if (nodeId(THREAD_PREFIX, thread.id) === id) {
        yield { repository, pull, thread, object: (objects) => objects.thread(repository, pull, thread) };
      }
    }
  }
  return undefined;
}
