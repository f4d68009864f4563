import { appOfJwt, isJwt } from "../apps/app-jwt.ts";
import type { StandinRepository } from "../model.ts";
import { canSee, holds, isAtLeast, accessOf, presentedToken, type StandinToken } from "../tokens.ts";
import { findRepository, type World } from "../world.ts";
import { notFound, refusal } from "./answer.ts";
import type { Route } from "./route.ts";

/** The token of a request; undefined if it is anonymous. @throws Refusal 401 for one nobody issued, or that has ended. */
export function authenticate(world: World, authorization: string | undefined): StandinToken | undefined {
  if (authorization === undefined) return undefined;
  const credential = presentedToken(authorization) ?? "";
  const token =
    isJwt(credential) && !world.tokens.has(credential) ? appToken(world, credential) : world.tokens.get(credential);
  if (token === undefined || token.revoked || (token.expiresAt ?? Infinity) <= world.clock().getTime()) {
    throw refusal(401, "Bad credentials");
  }
  return token;
}

/** An App that signed in as itself. It may ask for its own things and for nothing of a repository. */
function appToken(world: World, jwt: string): StandinToken {
  const app = appOfJwt(world, jwt);
  return {
    value: jwt,
    owner: app.bot,
    kind: "app",
    app: app.slug,
    installation: undefined,
    permissions: {},
    repositories: [],
    rateLimit: { limit: 5000, used: 0, resetAt: Math.floor(world.clock().getTime() / 1000) + 3600 },
    revoked: false,
    expiresAt: undefined,
  };
}

/** The repository a request names, if it exists for this token. @throws Refusal 404 */
export function visibleRepository(
  world: World,
  token: StandinToken | undefined,
  owner: string | undefined,
  name: string | undefined,
): StandinRepository {
  const repository = findRepository(world, owner ?? "", name ?? "");
  if (repository === undefined || !canSee(token, repository)) throw notFound();
  return repository;
}

/** @throws Refusal 401 or 403 with the permission that is missing, as GitHub names it. */
export function requireGrant(
  route: Extract<Route, { scope: "read" | "write" }>,
  repository: StandinRepository,
  token: StandinToken | undefined,
): void {
  if (route.scope === "read" && !repository.private) return;
  if (token === undefined) throw refusal(401, "Requires authentication");
  if (holds(token, repository, route.needs)) return;
  const whose = token.kind === "user" ? "personal access token" : "integration";
  throw refusal(
    403,
    `Resource not accessible by ${whose}`,
    {},
    { "x-accepted-github-permissions": route.needs.join("; ") },
  );
}

/** Whether the token may change other people's things: apps with the permission, and people with write access. */
export function mayModerate(token: StandinToken, repository: StandinRepository): boolean {
  return token.kind === "installation" || isAtLeast(accessOf(token.owner.login, repository), "write");
}
