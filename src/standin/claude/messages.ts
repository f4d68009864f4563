import { promptTokens } from "./cache.ts";
import { deliver, type Chunk, type TransportFault } from "./delivery.ts";
import { sendFault, sendJson, standardHeaders, type Exchange } from "./exchange.ts";
import { apiError, rateLimited, type ErrorType, type StreamFault } from "./faults.ts";
import { replyBody, replyEvents, sseBytes, type Reply } from "./reply.ts";
import type { MessagesRequest } from "./request.ts";
import type { Answer } from "./script.ts";
import { paceOf, unitHash, type Pace } from "./timing.ts";
import { limitTurn, thinkingTokens, turnTokens } from "./tokens.ts";
import type { Turn } from "./turns.ts";
import { limitedInput, type InputUsage } from "./usage.ts";
import type { Storm, World } from "./world.ts";

/** `POST /v1/messages`. */
export async function answerMessages(exchange: Exchange): Promise<void> {
  const { world, entry, signal } = exchange;
  const index = world.nextModelRequest();
  const { attempt, key } = world.attempt(entry.rawBody);
  entry.attempt = attempt;
  const request = world.readRequest(entry.body);
  if ("kind" in request) return sendFault(exchange, request);
  entry.request = request;
  if (isStruck(world.options.storm, index, key)) return sendFault(exchange, world.options.storm.fault);

  const cached = world.cache.plan(request, entry.startedAt);
  const demand = { input: limitedInput(cached.usage), maxTokens: request.maxTokens };
  const admission = world.limiter.admit(demand, entry.startedAt);
  if (admission.retryAfterSeconds !== undefined) {
    return sendFault(exchange, rateLimited({ retryAfterSeconds: admission.retryAfterSeconds }), admission.headers);
  }

  const info = { index, attempt, inFlight: entry.inFlight, headers: entry.headers };
  const answer = request.maxTokens === 0 ? PREWARM : await untilAborted(world.script.answer(request, info), signal);
  if (answer === undefined) {
    entry.outcome = "client-closed";
    admission.settle(0);
    return;
  }
  const turn = request.stream ? answer : withoutEvents(answer);
  if (turn.kind === "fault") {
    admission.settle(0);
    return sendFault(exchange, turn, admission.headers);
  }

  const reply = replyTo(request, turn, cached.usage, world.nextReply());
  const pace = paceOf(world.options.timing ?? {}, key);
  const chunks = request.stream ? streamChunks(reply, pace, entry.requestId) : [wholeChunk(reply, pace)];
  const { outcome, sentBytes } = await deliver({
    response: exchange.response,
    status: 200,
    headers: {
      ...standardHeaders(exchange),
      ...admission.headers,
      "content-type": request.stream ? "text/event-stream; charset=utf-8" : "application/json",
      "cache-control": "no-cache",
    },
    chunks: chunks.map(({ bytes, atMs }) => ({ bytes, atMs: atMs + (turn.headersDelayMs ?? 0) })),
    fault: transportFault(turn.fault, chunks),
    clock: world.clock,
    arrivedAt: entry.startedAt,
    signal,
    onFirstByte: () => {
      cached.commit();
      entry.status = 200;
      entry.firstByteAt = world.clock.now();
      entry.usage = reply.usage;
    },
  });
  entry.outcome = outcome;
  entry.sentBytes = sentBytes;
  admission.settle(reply.usage.output);
}

/** `POST /v1/messages/count_tokens`. */
export async function answerCountTokens(exchange: Exchange): Promise<void> {
  const { world, entry } = exchange;
  const request = world.readRequest(entry.body, false);
  if ("kind" in request) return sendFault(exchange, request);
  sendJson(exchange, { input_tokens: promptTokens(request) });
}

/** What the script's turn becomes for this request: within `max_tokens`, and billed. */
export function replyTo(
  request: MessagesRequest,
  scripted: Turn,
  input: InputUsage,
  index: number,
  tier: Reply["tier"] = "standard",
): Reply {
  const turn = limitTurn(scripted, request.maxTokens);
  const usage = { ...input, output: turnTokens(turn), thinking: thinkingTokens(turn) };
  return { index, model: request.model, turn, usage, tier };
}

/** The body a server that has seen nothing yet sends for this turn: the material of a "cut at every byte" suite. */
export function turnBytes(world: World, turn: Turn, body: unknown): Buffer {
  const request = world.readRequest(body);
  if ("kind" in request) throw new Error(`not a request the API would answer: ${request.body?.("") ?? ""}`);
  const reply = replyTo(request, turn, world.freshCache().plan(request, 0).usage, 1);
  const pace = paceOf({}, "");
  const chunks = request.stream ? streamChunks(reply, pace, "") : [wholeChunk(reply, pace)];
  return Buffer.concat(chunks.map(({ bytes }) => bytes));
}

/** `max_tokens: 0` writes the cache and says nothing. */
const PREWARM: Turn = { kind: "turn", parts: [], stopReason: "max_tokens", outputTokens: 0 };

/** `undefined` when the client hangs up first; what the script says then is dropped. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const wake = () => resolve(undefined);
  if (signal.aborted) wake();
  signal.addEventListener("abort", wake, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", wake);
  }
}

/** What breaks while bytes are written. A stall that pings waits between two events, as a ping can only be sent there. */
function transportFault(fault: StreamFault | undefined, chunks: readonly Chunk[]): TransportFault | undefined {
  if (fault === undefined || fault.type === "error-event") return undefined;
  if (fault.type === "cut" || fault.pingEveryMs === undefined) return fault;
  let boundary = 0;
  for (const { bytes } of chunks) {
    if (boundary + bytes.length > fault.atByte) break;
    boundary += bytes.length;
  }
  return { ...fault, atByte: boundary };
}

/** Where nothing streams, an error event can only be the whole answer. */
function withoutEvents(answer: Answer): Answer {
  if (answer.kind === "fault" || answer.fault?.type !== "error-event") return answer;
  return apiError(answer.fault.error, answer.fault.message);
}

function isStruck(storm: Storm | undefined, index: number, key: string): storm is Storm {
  if (storm === undefined) return false;
  if (storm.requests?.includes(index) === true) return true;
  return storm.share !== undefined && unitHash(storm.seed ?? "", key) < storm.share;
}

function streamChunks(reply: Reply, pace: Pace, requestId: string): readonly Chunk[] {
  const { fault } = reply.turn;
  const chunks = replyEvents(reply).map(({ data, tokensSoFar }) => ({
    bytes: sseBytes(data),
    atMs: pace.at(tokensSoFar),
  }));
  if (fault?.type !== "error-event") return chunks;
  const kept = chunks.slice(0, fault.atEvent);
  return [...kept, { bytes: errorEvent(fault.error, fault.message, requestId), atMs: kept.at(-1)?.atMs ?? pace.at(0) }];
}

function errorEvent(type: ErrorType, message: string, requestId: string): Buffer {
  return sseBytes({ type: "error", error: { type, message }, request_id: requestId });
}

function wholeChunk(reply: Reply, pace: Pace): Chunk {
  return { bytes: Buffer.from(JSON.stringify(replyBody(reply))), atMs: pace.at(reply.usage.output) };
}
