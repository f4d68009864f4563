import { Octokit } from "@octokit/rest";
import { z } from "zod";

import { ConfigurationError, ExternalError } from "../../../domain/errors.ts";
import { failureOf } from "../failure.ts";

/** A command that bears no sign of ours, as the event that should have told us of it. */
export type UnansweredCommand = {
  readonly event: "issue_comment" | "pull_request_review_comment";
  readonly commentId: number;
  readonly payload: Readonly<Record<string, unknown>>;
};

export type CommandSearch = {
  readonly apiUrl: string;
  /** Of an installation; it has to read issues and pull requests. */
  readonly token: string;
  readonly installation: number;
  /** Comments written in this time are looked at. */
  readonly sinceMs: number;
  readonly untilMs: number;
};

/** Whether a text is addressed to us; what it asks is read later, by the one reader. */
const COMMAND = /^\/parallel-review(?:\s|$)/;
const PER_PAGE = 100;
/** Repositories and pages looked at in one go: a search must not use up the installation's requests. */
const MAX_REPOSITORIES = 300;
const MAX_PAGES = 3;

const User = z.object({ login: z.string(), id: z.int(), type: z.string() });
const Repositories = z.object({ repositories: z.array(z.object({ id: z.int(), full_name: z.string() })) });
const Comments = z.array(
  z.object({
    id: z.int(),
    body: z.string().catch(""),
    user: User.nullable(),
    created_at: z.string(),
    in_reply_to_id: z.int().nullish(),
    issue_url: z.string().optional(),
    pull_request_url: z.string().optional(),
    performed_via_github_app: z.unknown().optional(),
    reactions: z.object({ eyes: z.int(), rocket: z.int(), confused: z.int() }).partial().optional(),
  }),
);
type Comment = z.infer<typeof Comments>[number];
const Issue = z.object({ number: z.int(), state: z.string(), pull_request: z.object({}).nullish() });

const KINDS = [
  { event: "issue_comment", path: "/repos/{repository}/issues/comments" },
  { event: "pull_request_review_comment", path: "/repos/{repository}/pulls/comments" },
] as const;

/**
 * The commands in an installation's repositories that nobody has reacted to as we do. Bounded; what is not seen now is seen by the next
 * search. @throws {ConfigurationError | ExternalError}
 */
export async function unansweredCommands(search: CommandSearch, signal: AbortSignal): Promise<UnansweredCommand[]> {
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const client = new Octokit({ baseUrl: search.apiUrl, auth: search.token, userAgent: "parallel-review", log });
  const read = async <T>(path: string, query: Readonly<Record<string, unknown>>, schema: z.ZodType<T>): Promise<T> => {
    try {
      const response = await client.request(`GET ${path}`, { ...query, request: { signal } });
      return schema.parse(response.data);
    } catch (error) {
      signal.throwIfAborted();
      const { kind, status, message } = failureOf(error);
      const text = `GitHub did not list comments (${status ?? "no answer"}): ${message}`;
      throw kind === "unavailable" || kind === "rate-limited"
        ? new ExternalError("GitHub", text, { retryable: true })
        : new ConfigurationError(text);
    }
  };
  const found: UnansweredCommand[] = [];
  for (const repository of await installationRepositories(read)) {
    for (const { event, path } of KINDS) {
      // oxlint-disable-next-line no-await-in-loop -- one request after the other spares the installation's limit
      for (const comment of await comments(read, path.replace("{repository}", repository.full_name), search)) {
        const number = Number(/\/(\d+)$/.exec(comment.issue_url ?? comment.pull_request_url ?? "")?.[1] ?? "0");
        // oxlint-disable-next-line no-await-in-loop -- few: they are commands that nobody answered
        const issue = await read(`/repos/${repository.full_name}/issues/${number}`, {}, Issue);
        const pull = { number, state: issue.state };
        const about =
          event === "issue_comment" ? { issue: { ...pull, pull_request: issue.pull_request } } : { pull_request: pull };
        const payload = { action: "created", installation: { id: search.installation }, repository, comment, ...about };
        found.push({ event, commentId: comment.id, payload });
      }
    }
  }
  return found;
}

type Read = <T>(path: string, query: Readonly<Record<string, unknown>>, schema: z.ZodType<T>) => Promise<T>;

async function installationRepositories(read: Read): Promise<{ readonly id: number; readonly full_name: string }[]> {
  const all: { readonly id: number; readonly full_name: string }[] = [];
  for (let page = 1; all.length < MAX_REPOSITORIES; page++) {
    // oxlint-disable-next-line no-await-in-loop -- a page says whether there is another
    const { repositories } = await read("/installation/repositories", { per_page: PER_PAGE, page }, Repositories);
    all.push(...repositories);
    if (repositories.length < PER_PAGE) break;
  }
  return all.slice(0, MAX_REPOSITORIES);
}

/** Commands of the time that was asked for without a reaction of ours, newest first. */
async function comments(read: Read, path: string, { sinceMs, untilMs }: CommandSearch): Promise<Comment[]> {
  const since = `${new Date(sinceMs).toISOString().slice(0, 19)}Z`;
  const all: Comment[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const query = { since, sort: "created", direction: "desc", per_page: PER_PAGE, page };
    // oxlint-disable-next-line no-await-in-loop -- a page says whether there is another
    const some = await read(path, query, Comments);
    all.push(...some);
    if (some.length < PER_PAGE) break;
  }
  return all.filter((comment) => {
    const written = Date.parse(comment.created_at);
    return COMMAND.test(comment.body) && written >= sinceMs && written <= untilMs && !isAnswered(comment);
  });
}

function isAnswered({ reactions = {} }: Comment): boolean {
  const { eyes = 0, rocket = 0, confused = 0 } = reactions;
  return eyes + rocket + confused > 0;
}

function ignore(): void {}
