import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { Batches } from "./batches.ts";
import { readBody, sendFault, sendJson, type Exchange } from "./exchange.ts";
import { apiError, type Fault } from "./faults.ts";
import type { Journal } from "./journal.ts";
import { parseJson } from "./json.ts";
import { answerCountTokens, answerMessages, turnBytes } from "./messages.ts";
import { modelBody, modelListBody } from "./models.ts";
import type { Answer, Handler, Match } from "./script.ts";
import type { Turn } from "./turns.ts";
import { World, type ClaudeOptions } from "./world.ts";

/** A running stand-in for `https://api.anthropic.com`. */
export interface ClaudeStandin extends AsyncDisposable {
  /** The base URL to give a client; loopback, a port of its own. */
  readonly url: string;
  readonly journal: Journal;
  /** Requests the script had no answer for; each was answered 500. */
  readonly unexpected: readonly string[];
  /** What `validate` objected to, with the path; each such request was answered 400. */
  readonly violations: readonly string[];
  /** Answers whatever no queue of `when` answers. */
  script(handler: Handler): void;
  /** Queues answers for requests that match; the first queue that matches and is not spent answers. */
  when(match: Match, steps: readonly (Answer | Handler)[], options?: { readonly repeat?: boolean }): void;
  /** Queues with steps that nobody asked for, a line each. */
  unused(): readonly string[];
  /** The body this server sends for the turn as its first answer. @param body the request's */
  recordedTurnBytes(turn: Turn, body: unknown): Buffer;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** One connection per request in flight: room for the thousand that a benchmark opens at once. */
const BACKLOG = 4096;

/** Starts the server; dispose it to close every connection, stalled ones too. */
export async function startClaude(options: ClaudeOptions = {}): Promise<ClaudeStandin> {
  const world = new World(options);
  const closing = new AbortController();
  const violations: string[] = [];
  const origin = { url: "" };
  const batches = new Batches(world, () => origin.url);
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
    void handle({ world, batches, violations, closing: closing.signal }, request, response);
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG }, resolve);
  await listening;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the stand-in has no TCP address");
  origin.url = `http://127.0.0.1:${address.port}`;
  return {
    url: origin.url,
    journal: world.journal,
    unexpected: world.script.unexpected,
    violations,
    script: (handler) => world.script.setHandler(handler),
    when: (match, steps, when = {}) => world.script.when(match, steps, when),
    unused: () => world.script.unused(),
    recordedTurnBytes: (turn, body) => turnBytes(world, turn, body),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Server {
  readonly world: World;
  readonly batches: Batches;
  readonly violations: string[];
  readonly closing: AbortSignal;
}

async function handle(server: Server, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world } = server;
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://standin");
  const entry = world.journal.open(incoming.method ?? "GET", pathname, incoming.headers, world.clock.now());
  const hungUp = new AbortController();
  response.once("close", () => hungUp.abort());
  const signal = AbortSignal.any([hungUp.signal, server.closing]);
  const exchange: Exchange = { world, entry, query: searchParams, response, signal };
  try {
    const rawBody = await readBody(incoming, world.options.maxBodyBytes ?? MAX_BODY_BYTES);
    if (rawBody !== undefined) {
      entry.rawBody = rawBody;
      entry.body = parseJson(rawBody.toString("utf8"));
    }
    const refusal = refusalOf(server, exchange, incoming, rawBody);
    await (refusal === undefined ? route(server, exchange) : sendFault(exchange, refusal));
  } catch (error) {
    await fail(exchange, error);
  } finally {
    world.journal.close(entry, world.clock.now());
  }
}

/** What the API checks before it looks at the endpoint. */
function refusalOf(
  { world, violations }: Server,
  { entry }: Exchange,
  incoming: IncomingMessage,
  rawBody: Buffer | undefined,
): Fault | undefined {
  const key = credentialOf(incoming);
  if (key === "") return apiError("authentication_error", "x-api-key header is required");
  if (world.options.apiKeys?.includes(key) === false) return apiError("authentication_error", "invalid x-api-key");
  if (entry.anthropicVersion === undefined) {
    return apiError("invalid_request_error", "anthropic-version: header is required");
  }
  if (rawBody === undefined) return apiError("request_too_large", "Request exceeds the maximum size");
  if (rawBody.length > 0 && entry.body === undefined) {
    return apiError("invalid_request_error", "The request body is not valid JSON");
  }
  entry.violations = world.options.validate?.(entry.path, entry.body, entry.headers) ?? [];
  violations.push(...entry.violations.map((violation) => `${entry.method} ${entry.path}: ${violation}`));
  return entry.violations.length === 0 ? undefined : apiError("invalid_request_error", entry.violations.join("; "));
}

function credentialOf({ headers }: IncomingMessage): string {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  const key = headers["x-api-key"];
  return bearer ?? (typeof key === "string" ? key : "");
}

async function route({ batches }: Server, exchange: Exchange): Promise<void> {
  const { world, entry, query } = exchange;
  const { method, path } = entry;
  if (method === "POST" && path === "/v1/messages") return answerMessages(exchange);
  if (method === "POST" && path === "/v1/messages/count_tokens") return answerCountTokens(exchange);
  const batch = /^\/v1\/messages\/batches(\/.*)?$/.exec(path);
  if (batch !== null) return batches.answer(exchange, batch[1] ?? "");
  if (method === "GET" && path === "/v1/models") return sendJson(exchange, modelListBody(world.models, query));
  const id = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
  const model = world.models.find((one) => one.id === decodeURIComponent(id ?? ""));
  if (method === "GET" && model !== undefined) return sendJson(exchange, modelBody(model));
  return sendFault(exchange, apiError("not_found_error", id === undefined ? "Not found" : `model: ${id}`));
}

/** A script that throws is a broken test, not a broken API: the message goes to the client, and nothing hangs. */
async function fail(exchange: Exchange, error: unknown): Promise<void> {
  const { entry, response, signal, world } = exchange;
  if (signal.aborted) {
    entry.outcome = "client-closed";
    return;
  }
  const message = `the stand-in failed: ${error instanceof Error ? error.message : String(error)}`;
  world.script.unexpected.push(message);
  if (response.headersSent) response.destroy();
  else await sendFault(exchange, apiError("api_error", message, { "x-should-retry": "false" }));
}
