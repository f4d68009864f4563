import { notFound, ok, refusal } from "../http/answer.ts";
import { anyRoute, type Call, type Route } from "../http/route.ts";
import { profileJson } from "../json/user-json.ts";
import { rateLimitHeaders } from "../rate-limit.ts";
import type { StandinToken } from "../tokens.ts";

export const accountRoutes: readonly Route[] = [
  anyRoute("GET", "/user", (call) => {
    const token = requireToken(call);
    // An installation is not a user: GitHub refuses GITHUB_TOKEN here.
    if (token.kind !== "user") throw refusal(403, "Resource not accessible by integration");
    return ok(profileJson(call.world, token.owner));
  }),
  anyRoute("GET", "/users/:login", ({ world, params }) => {
    const known = world.users.get((params["login"] ?? "").toLowerCase());
    if (known === undefined) throw notFound();
    return ok(profileJson(world, known));
  }),
  anyRoute("GET", "/rate_limit", ({ token, world }) => {
    const rate = token?.rateLimit ?? { limit: 60, used: 0, resetAt: Math.floor(world.clock().getTime() / 1000) + 3600 };
    const core = {
      limit: rate.limit,
      used: rate.used,
      remaining: Math.max(0, rate.limit - rate.used),
      reset: rate.resetAt,
    };
    const search = { ...core, limit: 30, used: 0, remaining: 30 };
    const graphql = { ...core, limit: 5000, used: 0, remaining: 5000 };
    return ok({ resources: { core, search, graphql }, rate: core }, rateLimitHeaders(rate));
  }),
];

function requireToken({ token }: Call): StandinToken {
  if (token === undefined) throw refusal(401, "Requires authentication");
  return token;
}
