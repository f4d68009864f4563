import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import type { Faults, FaultAnswer } from "../faults.ts";
import { gitRequest, serveGit } from "../git-http.ts";
import { serveGraphql } from "../graphql/graphql.ts";
import type { Journal, JournalEntry } from "../journal.ts";
import { primaryRateLimit, rateLimitHeaders } from "../rate-limit.ts";
import { presentedToken, type StandinToken } from "../tokens.ts";
import type { World } from "../world.ts";
import { RawBody, Refusal, refusal, notFound, type Answer } from "./answer.ts";
import { authenticate, requireGrant, visibleRepository } from "./authorize.ts";
import { discard, parseBody, readBody } from "./read-body.ts";
import { isObject, RequestBody } from "./request-body.ts";
import type { Call, Route } from "./route.ts";
import { createRouter } from "./router.ts";

/** Serves a page for people; true if it took the request. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface ServerParts {
  /** Asked for at each request: the origin is known only once the port is. */
  readonly world: () => World;
  readonly routes: readonly Route[];
  readonly faults: Faults;
  readonly journal: Journal;
  readonly pages: () => PageHandler | undefined;
}

export function createGitHubServer(parts: ServerParts): Server {
  const route = createRouter(parts.routes);
  const server = createServer((request, response) => {
    handle(parts, route, request, response).catch((error: unknown) => {
      // A bug of this stand-in: say so in the answer, where a test prints it.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: { message: `The stand-in failed: ${message}` } }, undefined, request);
    });
  });
  // A client that reuses a connection just as it times out sees a reset nobody asked for.
  server.keepAliveTimeout = 60_000;
  return server;
}

type Router = ReturnType<typeof createRouter>;

async function handle(
  parts: ServerParts,
  route: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const world = parts.world();
  const method = request.method ?? "GET";
  const url = new URL(request.url ?? "/", world.origin);
  const git = gitRequest(url.pathname);
  const entry = parts.journal.add(firstEntry(world, request, url, git !== undefined));
  const finish = (status: number): void => {
    entry.status = status;
    entry.endedAt = Date.now();
  };

  const fault = parts.faults.take(method, url.pathname);
  entry.faulted = fault !== undefined;
  if (fault?.when === "before" && typeof fault.effect === "object" && "delayMs" in fault.effect) {
    await delay(fault.effect.delayMs, world.git.signal);
  } else if (fault?.when === "before") {
    await discard(request);
    finish(misbehave(response, fault.effect, request));
    return;
  }

  if (git !== undefined) {
    finish(await serveGit(world, git, request, response));
    return;
  }
  const bytes = await readBody(request);
  const body = parseBody(bytes, request.headers["content-type"]);
  entry.body = body;
  if (isPage(route, method, url, request) && parts.pages()?.(request, response) === true) {
    finish(response.statusCode);
    return;
  }
  const token = knownToken(world, request);
  const malformed = bytes.length > 0 && body === undefined;
  const answer = await answerApi({ parts, world, route, request, url, body, malformed });
  if (fault?.when === "after") {
    if (typeof fault.effect === "object" && "delayMs" in fault.effect)
      await delay(fault.effect.delayMs, world.git.signal);
    else {
      finish(misbehave(response, fault.effect, request));
      return;
    }
  }
  finish(send(response, answer, token, request));
}

function firstEntry(world: World, request: IncomingMessage, url: URL, isGit: boolean): Omit<JournalEntry, "sequence"> {
  return {
    surface: isGit ? "git" : url.pathname === "/graphql" ? "graphql" : "rest",
    method: request.method ?? "GET",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: undefined,
    authorization: request.headers.authorization,
    userAgent: request.headers["user-agent"],
    login: knownToken(world, request)?.owner.login,
    startedAt: Date.now(),
    status: undefined,
    endedAt: undefined,
    faulted: false,
  };
}

function knownToken(world: World, request: IncomingMessage): StandinToken | undefined {
  return world.tokens.get(presentedToken(request.headers.authorization) ?? "");
}

/** Anything that is not an address of the API, asked for by a browser. */
function isPage(route: Router, method: string, url: URL, request: IncomingMessage): boolean {
  const wantsPage = !/json|github/.test(request.headers.accept ?? "");
  return method === "GET" && wantsPage && route(method, url.pathname) === undefined;
}

interface ApiRequest {
  readonly parts: ServerParts;
  readonly world: World;
  readonly route: Router;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: unknown;
  readonly malformed: boolean;
}

async function answerApi(api: ApiRequest): Promise<Answer> {
  try {
    return await dispatch(api);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

async function dispatch({ world, route, request, url, body, malformed }: ApiRequest): Promise<Answer> {
  const token = authenticate(world, request.headers.authorization);
  if (request.headers["user-agent"] === undefined) {
    throw refusal(
      403,
      "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
    );
  }
  if (malformed) throw refusal(400, "Problems parsing JSON");
  if (url.pathname !== "/rate_limit") spend(world, token);
  const method = request.method ?? "GET";
  if (url.pathname === "/graphql" && method === "POST") return serveGraphql(world, token, body);

  const found = route(method, url.pathname);
  if (found === undefined) throw notFound();
  const fields = isObject(body) ? body : {};
  const call: Call = {
    world,
    method,
    url,
    params: found.params,
    // Labels may come as a bare list.
    body: new RequestBody(Array.isArray(body) ? { labels: body } : fields),
    accept: request.headers.accept ?? "",
    token,
    credential: presentedToken(request.headers.authorization),
  };
  if (found.route.scope === "any") return found.route.handle(call);
  const repository = visibleRepository(world, token, found.params["owner"], found.params["repo"]);
  requireGrant(found.route, repository, token);
  if (found.route.scope === "read") return found.route.handle({ ...call, repository });
  if (token === undefined) throw refusal(401, "Requires authentication");
  return found.route.handle({ ...call, repository, token, actor: token.owner });
}

/** Counts the request against the token's primary limit. @throws Refusal once it is used up */
function spend(world: World, token: StandinToken | undefined): void {
  if (token === undefined) return;
  const { rateLimit: rate } = token;
  const seconds = Math.floor(world.clock().getTime() / 1000);
  if (seconds >= rate.resetAt) {
    rate.used = 0;
    rate.resetAt = seconds + 3600;
  }
  if (rate.used >= rate.limit) throw new Refusal(primaryRateLimit(rate.resetAt), "API rate limit exceeded");
  rate.used += 1;
}

function send(
  response: ServerResponse,
  answer: Answer,
  token: StandinToken | undefined,
  request: IncomingMessage,
): number {
  const raw = answer.body instanceof RawBody ? answer.body : undefined;
  const content = raw?.content ?? (answer.body === undefined ? "" : JSON.stringify(answer.body));
  const etag = `W/"${createHash("sha256").update(content).digest("hex")}"`;
  const isRead = request.method === "GET" && answer.status === 200;
  const headers: Record<string, string> = {
    "x-github-request-id": createHash("sha256")
      .update(`${String(Date.now())}${request.url ?? ""}`)
      .digest("hex")
      .slice(0, 20),
    "x-github-api-version-selected": String(request.headers["x-github-api-version"] ?? "2022-11-28"),
    ...(token === undefined ? {} : rateLimitHeaders(token.rateLimit)),
    ...(answer.body === undefined ? {} : { "content-type": raw?.type ?? "application/json; charset=utf-8" }),
    ...(isRead ? { etag } : {}),
    ...answer.headers,
  };
  if (isRead && request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return 304;
  }
  response.writeHead(answer.status, headers).end(content);
  return answer.status;
}

/** Sends a fault instead of an answer. Returns the status, 0 where none was sent. */
function misbehave(
  response: ServerResponse,
  effect: "reset" | "hang" | FaultAnswer | { delayMs: number },
  request: IncomingMessage,
): number {
  if (effect === "hang") return 0;
  if (effect === "reset") {
    request.socket.resetAndDestroy();
    return 0;
  }
  if ("delayMs" in effect) return 0;
  const { status, body, headers } = effect;
  const page =
    typeof body === "string" ? new RawBody(body, "text/html; charset=utf-8") : (body ?? { message: "Server Error" });
  return send(response, { status, body: page, headers: headers ?? {} }, undefined, request);
}

async function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
