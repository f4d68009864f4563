import { rateLimitHeaders } from "../rate-limit.ts";
import { canSee, type StandinToken } from "../tokens.ts";
import { findRepository, type World } from "../world.ts";
import { findNode } from "./nodes.ts";
import { graphqlObjects } from "./objects.ts";
import { GraphqlProblem, type GraphqlObject } from "./project.ts";

type Args = Readonly<Record<string, unknown>>;

/** The root of a query. */
export function queries(world: World, token: StandinToken): GraphqlObject {
  const objects = graphqlObjects(world, token);
  return {
    __typename: "Query",
    viewer: () => objects.actor(token.owner),
    rateLimit: () => ({
      __typename: "RateLimit",
      cost: 1,
      limit: token.rateLimit.limit,
      remaining: Number(rateLimitHeaders(token.rateLimit)["x-ratelimit-remaining"]),
      resetAt: new Date(token.rateLimit.resetAt * 1000).toISOString(),
    }),
    repository: ({ owner, name }: Args) => {
      const repository = findRepository(world, String(owner), String(name));
      if (repository === undefined || !canSee(token, repository)) {
        const message = `Could not resolve to a Repository with the name '${String(owner)}/${String(name)}'.`;
        throw new GraphqlProblem("NOT_FOUND", message);
      }
      return objects.repository(repository);
    },
    node: ({ id }: Args) => findNode(world, token, String(id)).object(objects),
  };
}
