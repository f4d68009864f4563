import type { StandinRepository } from "../model.ts";
import { canSee, holds, isAtLeast, accessOf, presentedToken, type StandinToken } from "../tokens.ts";
import { findRepository, type World } from "../world.ts";
import { notFound, refusal } from "./answer.ts";
import type { Route } from "./route.ts";

/** The token of a request; undefined if it is anonymous. @throws Refusal 401 for one nobody issued. */
export function authenticate(world: World, authorization: string | undefined): StandinToken | undefined {
  if (authorization === undefined) return undefined;
  const token = world.tokens.get(presentedToken(authorization) ?? "");
  if (token === undefined || token.revoked) throw refusal(401, "Bad credentials");
  return token;
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
  const whose = token.kind === "installation" ? "integration" : "personal access token";
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
