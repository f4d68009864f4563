import { parseJson, type Json } from "./json.ts";
import { partText, tokensOf } from "./tokens.ts";
import type { Part, Turn } from "./turns.ts";
import { deltaUsageBody, usageBody, type Usage } from "./usage.ts";

const PIECE_LENGTH = 40;

/** A turn with all that makes it a Message. */
export interface Reply {
  /** Names the answer in ids; unique for each request of a server. */
  readonly index: number;
  readonly model: string;
  readonly turn: Turn;
  readonly usage: Usage;
  readonly tier: "standard" | "batch";
}

export interface StreamEvent {
  readonly data: Json & { readonly type: string };
  /** Output tokens the model has written when this event leaves. */
  readonly tokensSoFar: number;
}

/** The answer to a request that does not stream. */
export function replyBody(reply: Reply): Json {
  return {
    ...envelope(reply),
    content: reply.turn.parts.map((part, index) => finishedBlock(reply, part, index)),
    stop_reason: reply.turn.stopReason,
    stop_details: reply.turn.stopDetails ?? null,
    usage: usageBody(reply.usage, reply.tier),
  };
}

/** The answer to a request that streams: `message_start`, blocks with one `ping` after the first start, `message_delta`, `message_stop`. */
export function replyEvents(reply: Reply): readonly StreamEvent[] {
  const { turn, usage } = reply;
  const events: StreamEvent[] = [];
  let tokensSoFar = 0;
  const push = (data: StreamEvent["data"]) => events.push({ data, tokensSoFar });

  push({
    type: "message_start",
    message: { ...envelope(reply), usage: usageBody({ ...usage, output: 1, thinking: 0 }, reply.tier) },
  });
  for (const [index, part] of turn.parts.entries()) {
    push({ type: "content_block_start", index, content_block: openBlock(reply, part, index) });
    if (index === 0) push({ type: "ping" });
    for (const delta of deltasOf(reply, part)) {
      tokensSoFar += delta.tokens;
      push({ type: "content_block_delta", index, delta: delta.data });
    }
    push({ type: "content_block_stop", index });
  }
  push({
    type: "message_delta",
    delta: {
      container: null,
      stop_details: turn.stopDetails ?? null,
      stop_reason: turn.stopReason,
      stop_sequence: null,
    },
    usage: deltaUsageBody(usage),
  });
  push({ type: "message_stop" });
  return events;
}

export function sseBytes(data: StreamEvent["data"]): Buffer {
  return Buffer.from(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
}

function envelope(reply: Reply): Json {
  return {
    id: `msg_standin${padded(reply.index)}`,
    type: "message",
    role: "assistant",
    model: reply.model,
    content: [],
    container: null,
    diagnostics: null,
    stop_reason: null,
    stop_details: null,
    stop_sequence: null,
  };
}

/** Fixed width, so that the same turn always has the same number of bytes. */
function padded(index: number): string {
  return String(index).padStart(8, "0");
}

function openBlock(reply: Reply, part: Part, index: number): Json {
  if (part.type === "text") return { type: "text", text: "", citations: null };
  if (part.type === "thinking") return { type: "thinking", thinking: "", signature: "" };
  if (part.type === "tool_use") return toolBlock(reply, part, index, {});
  return part.block;
}

function finishedBlock(reply: Reply, part: Part, index: number): Json {
  if (part.type === "text") return { type: "text", text: part.text, citations: null };
  if (part.type === "thinking")
    return { type: "thinking", thinking: part.thinking, signature: signatureOf(reply, part) };
  if (part.type === "tool_use")
    return toolBlock(reply, part, index, part.json === undefined ? part.input : (parseJson(part.json) ?? {}));
  return part.block;
}

function toolBlock(reply: Reply, part: Part & { type: "tool_use" }, index: number, input: unknown): Json {
  const id = part.id ?? `toolu_standin${padded(reply.index)}_${String(index).padStart(3, "0")}`;
  return { type: "tool_use", id, name: part.name, input, caller: { type: "direct" } };
}

function signatureOf(reply: Reply, part: Part & { type: "thinking" }): string {
  return part.signature ?? Buffer.from(`standin ${padded(reply.index)}`).toString("base64");
}

function deltasOf(reply: Reply, part: Part): readonly { readonly data: Json; readonly tokens: number }[] {
  if (part.type === "raw") return [];
  const text = partText(part);
  const length = Math.max(1, reply.turn.pieceLength ?? PIECE_LENGTH);
  const pieces = Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  );
  const deltas = pieces.map((piece) => ({ data: deltaOf(part.type, piece), tokens: tokensOf(piece) }));
  if (part.type !== "thinking") return deltas;
  return [...deltas, { data: { type: "signature_delta", signature: signatureOf(reply, part) }, tokens: 0 }];
}

function deltaOf(type: "text" | "thinking" | "tool_use", piece: string): Json {
  if (type === "text") return { type: "text_delta", text: piece };
  if (type === "thinking") return { type: "thinking_delta", thinking: piece };
  return { type: "input_json_delta", partial_json: piece };
}
