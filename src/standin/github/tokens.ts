import { randomBytes } from "node:crypto";

import type { Grant, Permission } from "./http/route.ts";
import type { AccessLevel, StandinRepository, StandinUser } from "./model.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { World } from "./world.ts";

/** A credential as this stand-in knows it. */
export interface StandinToken {
  readonly value: string;
  readonly owner: StandinUser;
  /**
   * `installation`: an app's, as GITHUB_TOKEN is. `user`: a person's, which can do no more than the person. `app`: the App itself,
   * signed in by a JSON web token; it reaches no repository.
   */
  readonly kind: "installation" | "user" | "app";
  /** Slug of the app; undefined for a person's token. */
  readonly app: string | undefined;
  /** Id of the App's installation; undefined for every other token. */
  readonly installation: number | undefined;
  readonly permissions: Readonly<Partial<Record<Permission, "read" | "write">>>;
  /** `owner/name` in lower case; undefined is every repository the owner can see. */
  readonly repositories: readonly string[] | undefined;
  readonly rateLimit: RateLimit;
  /** A revoked or expired token is refused as an unknown one. */
  revoked: boolean;
  /** Milliseconds since the epoch; undefined where nothing of the kind is simulated. */
  readonly expiresAt: number | undefined;
}

export interface WantedToken extends Pick<
  StandinToken,
  "owner" | "kind" | "app" | "installation" | "permissions" | "repositories" | "expiresAt"
> {
  /** A made-up one with the prefix if not given. */
  readonly value?: string | undefined;
  readonly prefix: string;
  /** Requests an hour. */
  readonly limit: number;
}

export function issueToken(world: World, wanted: WantedToken): StandinToken {
  const { limit, prefix, value, ...rest } = wanted;
  const resetAt = Math.floor(world.clock().getTime() / 1000) + 3600;
  const token: StandinToken = {
    ...rest,
    value: value ?? `${prefix}${randomBytes(18).toString("hex")}`,
    rateLimit: { limit, used: 0, resetAt },
    revoked: false,
  };
  world.tokens.set(token.value, token);
  return token;
}

const ORDER: readonly AccessLevel[] = ["none", "read", "triage", "write", "maintain", "admin"];

export function isAtLeast(level: AccessLevel, wanted: AccessLevel): boolean {
  return ORDER.indexOf(level) >= ORDER.indexOf(wanted);
}

/** What a person may do in a repository. */
export function accessOf(login: string, repository: StandinRepository): AccessLevel {
  const same = (other: string): boolean => other.toLowerCase() === login.toLowerCase();
  if (same(repository.owner.login)) return "admin";
  const entry = [...repository.collaborators].find(([name]) => same(name));
  return entry?.[1] ?? (repository.private ? "none" : "read");
}

/** Whether the repository exists for this token. */
export function canSee(token: StandinToken | undefined, repository: StandinRepository): boolean {
  if (!repository.private) return true;
  if (token === undefined) return false;
  if (token.repositories !== undefined && !token.repositories.includes(repository.fullName.toLowerCase())) return false;
  if (token.kind === "app") return false;
  return token.kind === "installation" || accessOf(token.owner.login, repository) !== "none";
}

/** Whether the token holds one of the grants in this repository. */
export function holds(token: StandinToken, repository: StandinRepository, needs: readonly Grant[]): boolean {
  if (token.kind === "app") return false;
  const inScope = token.repositories === undefined || token.repositories.includes(repository.fullName.toLowerCase());
  return inScope && needs.some((grant) => holdsOne(token, repository, grant));
}

function holdsOne(token: StandinToken, repository: StandinRepository, grant: Grant): boolean {
  const separator = grant.indexOf("=");
  const wanted = grant.slice(separator + 1);
  const name = grant.slice(0, separator);
  if (name === "metadata") return true;
  const held = Object.entries(token.permissions).find(([permission]) => permission === name)?.[1];
  if (held === undefined || (wanted === "write" && held !== "write")) return false;
  if (token.kind === "installation") return true;
  // Anybody who can read a repository can comment and review; changing its contents takes write access.
  const takesWriteAccess = wanted === "write" && name !== "issues" && name !== "pull_requests";
  return isAtLeast(accessOf(token.owner.login, repository), takesWriteAccess ? "write" : "read");
}

/** The token in an Authorization header: `token X`, `Bearer X`, or git's Basic with the token as the password. */
export function presentedToken(header: string | undefined): string | undefined {
  const [, scheme = "", credentials = ""] = /^(\w+) +(\S+)$/.exec(header ?? "") ?? [];
  switch (scheme.toLowerCase()) {
    case "token":
    case "bearer":
      return credentials;
    case "basic": {
      const plain = Buffer.from(credentials, "base64").toString("utf8");
      return plain.slice(plain.indexOf(":") + 1);
    }
    default:
      return undefined;
  }
}
