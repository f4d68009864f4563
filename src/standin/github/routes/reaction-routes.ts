import { created, NO_CONTENT, notFound, ok, type Answer } from "../http/answer.ts";
import { page } from "../http/page.ts";
import { readRoute, writeRoute, type Grant, type RepositoryCall, type Route, type SignedCall } from "../http/route.ts";
import { REACTIONS, reactionJson } from "../json/issue-json.ts";
import type { StandinReaction } from "../model.ts";
import { now } from "../world.ts";
import { findIssueComment } from "./issue-routes.ts";
import { findReviewComment } from "./review-comment-routes.ts";

const EITHER_READ = ["issues=read", "pull_requests=read"] as const;
const EITHER_WRITE = ["issues=write", "pull_requests=write"] as const;

export const reactionRoutes: readonly Route[] = [
  ...routesFor("/issues/comments/:comment/reactions", EITHER_READ, EITHER_WRITE, ({ repository, params }) => {
    return findIssueComment(repository, params["comment"]).comment.reactions;
  }),
  ...routesFor(
    "/pulls/comments/:comment/reactions",
    ["pull_requests=read"],
    ["pull_requests=write"],
    ({ repository, params, token }) => findReviewComment(repository, params["comment"], token?.owner).comment.reactions,
  ),
];

function routesFor(
  pattern: string,
  read: readonly Grant[],
  write: readonly Grant[],
  find: (call: RepositoryCall) => StandinReaction[],
): Route[] {
  return [
    readRoute(pattern, read, (call) => {
      const content = call.url.searchParams.get("content");
      const shown = find(call).filter((reaction) => content === null || reaction.content === content);
      return page(
        shown.map((reaction) => reactionJson(call.world, reaction)),
        call.url,
      );
    }),
    writeRoute("POST", pattern, write, (call) => react(call, find(call))),
    writeRoute("DELETE", `${pattern}/:reaction`, write, (call) => {
      const reactions = find(call);
      const at = reactions.findIndex(({ id, user }) => String(id) === call.params["reaction"] && user === call.actor);
      if (at < 0) throw notFound();
      reactions.splice(at, 1);
      return NO_CONTENT;
    }),
  ];
}

/** 201 for a new reaction, 200 where this user has given it before. */
function react({ world, body, actor }: SignedCall, reactions: StandinReaction[]): Answer {
  const content = body.choice("content", REACTIONS);
  const known = reactions.find((reaction) => reaction.user === actor && reaction.content === content);
  if (known !== undefined) return ok(reactionJson(world, known));
  const reaction = { id: world.nextId(), user: actor, content, createdAt: now(world) };
  reactions.push(reaction);
  return created(reactionJson(world, reaction));
}
