import type { StandinApp } from "./apps/model-app.ts";
import type { StandinEvent } from "./events.ts";
import type { GitRunner } from "./git/git-process.ts";
import { notFound, refusal } from "./http/answer.ts";
import type { StandinIssue, StandinPullRequest, StandinRepository, StandinUser } from "./model.ts";
import { isPull } from "./model.ts";
import type { StandinToken } from "./tokens.ts";

/** Everything one running stand-in knows. */
export interface World {
  readonly git: GitRunner;
  /** Folder of the bare repositories, one `owner/name.git` each. */
  readonly root: string;
  /** `http://127.0.0.1:PORT`, without a final slash. */
  readonly origin: string;
  readonly clock: () => Date;
  /** By login in lower case. */
  readonly users: Map<string, StandinUser>;
  /** By `owner/name` in lower case. */
  readonly repositories: Map<string, StandinRepository>;
  readonly tokens: Map<string, StandinToken>;
  /** By slug. */
  readonly apps: Map<string, StandinApp>;
  /** What a browser was sent away with, for a server to exchange once. */
  readonly codes: Map<string, StandinCode>;
  /** Webhooks that are on their way. */
  readonly deliveries: Set<Promise<void>>;
  readonly listeners: Set<(event: StandinEvent) => void>;
  /** Ids are unique over all kinds of objects. */
  readonly nextId: () => number;
}

/** A code of the web flows: whose App it makes known, or who signed in to which App. */
export interface StandinCode {
  readonly app: StandinApp;
  /** Undefined for the code of a manifest. */
  readonly login: string | undefined;
  /** The SHA-256 of what the exchange has to show; undefined where none was announced. */
  readonly challenge?: string | undefined;
  readonly expiresAt: number;
}

/** GitHub's own bot, whose GITHUB_TOKEN every workflow run gets: https://api.github.com/users/github-actions%5Bbot%5D */
const ACTIONS_BOT: StandinUser = {
  login: "github-actions[bot]",
  id: 41_898_282,
  type: "Bot",
  name: "github-actions[bot]",
  email: "41898282+github-actions[bot]@users.noreply.github.com",
};

/** The time of the clock as GitHub writes times. */
export function now(world: World): string {
  return `${world.clock().toISOString().slice(0, 19)}Z`;
}

/** The user of that login, made if new. A login that ends in `[bot]` is a bot. */
export function user(world: World, login: string): StandinUser {
  const key = login.toLowerCase();
  const known = key === ACTIONS_BOT.login ? ACTIONS_BOT : world.users.get(key);
  if (known !== undefined) {
    world.users.set(key, known);
    return known;
  }
  const id = world.nextId();
  const made: StandinUser = {
    login,
    id,
    type: login.endsWith("[bot]") ? "Bot" : "User",
    name: login,
    email: `${String(id)}+${login}@users.noreply.github.com`,
  };
  world.users.set(key, made);
  return made;
}

export function findRepository(world: World, owner: string, name: string): StandinRepository | undefined {
  return world.repositories.get(`${owner}/${name}`.toLowerCase());
}

/** @throws Refusal 404 */
export function requireIssue(
  repository: StandinRepository,
  number: string | undefined,
): StandinIssue | StandinPullRequest {
  const issue = repository.issues.get(Number(number));
  if (issue === undefined) throw notFound();
  return issue;
}

/** @throws Refusal 404 */
export function requirePull(repository: StandinRepository, number: string | undefined): StandinPullRequest {
  const issue = repository.issues.get(Number(number));
  if (!isPull(issue)) throw notFound();
  return issue;
}

export function pullsOf(repository: StandinRepository): StandinPullRequest[] {
  return [...repository.issues.values()].filter(isPull);
}

/** @throws Refusal 403 where nobody may write any more. */
export function requireWritable(repository: StandinRepository): void {
  if (repository.archived) throw refusal(403, "Repository was archived so is read-only.");
}

export function emit(world: World, event: StandinEvent): void {
  for (const listener of world.listeners) listener(event);
}
