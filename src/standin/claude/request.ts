import { isJson, jsonList, textOf, type Json } from "./json.ts";

interface RequestMessage {
  readonly role: string;
  /** A string content is shown as one text block. */
  readonly content: readonly Json[];
}

interface ToolAnswer {
  readonly toolUseId: string;
  readonly text: string;
  readonly isError: boolean;
}

/** A `POST /v1/messages` body, read just far enough to script and bill it. `body` is the whole of it. */
export interface MessagesRequest {
  readonly model: string;
  readonly maxTokens: number;
  readonly stream: boolean;
  readonly system: readonly Json[];
  readonly tools: readonly Json[];
  readonly messages: readonly RequestMessage[];
  /** 1 for a fresh conversation, one more for each assistant message already in it. */
  readonly turn: number;
  /** All text of the first user message, blocks joined by newlines. */
  readonly firstUserText: string;
  /** All text of the last user message. */
  readonly lastUserText: string;
  /** The tool results in the last message, in order. */
  readonly toolAnswers: readonly ToolAnswer[];
  readonly body: Json;
}

export interface UnreadableRequest {
  /** Said in Anthropic's words: it goes into the 400 answer. */
  readonly problem: string;
}

/** @param needsMaxTokens false for `count_tokens`, which has no such field */
export function readMessagesRequest(body: unknown, needsMaxTokens = true): MessagesRequest | UnreadableRequest {
  if (!isJson(body)) return { problem: "The request body must be a JSON object" };
  const { model, max_tokens: maxTokens, messages } = body;
  if (typeof model !== "string") return { problem: "model: Field required" };
  if (needsMaxTokens && (typeof maxTokens !== "number" || !Number.isInteger(maxTokens) || maxTokens < 0)) {
    return {
      problem: maxTokens === undefined ? "max_tokens: Field required" : "max_tokens: Input should be a valid integer",
    };
  }
  if (!Array.isArray(messages)) return { problem: "messages: Field required" };
  if (messages.length === 0) return { problem: "messages: at least one message is required" };
  if (maxTokens === 0 && body["stream"] === true) return { problem: "max_tokens: 0 is not supported with stream" };
  const read = jsonList(messages).map((message) => ({
    role: textOf(message["role"]),
    content: blocks(message["content"]),
  }));
  const users = read.filter(({ role }) => role === "user");
  return {
    model,
    maxTokens: typeof maxTokens === "number" ? maxTokens : 0,
    stream: body["stream"] === true,
    system: blocks(body["system"]),
    tools: jsonList(body["tools"]),
    messages: read,
    turn: 1 + read.filter(({ role }) => role === "assistant").length,
    firstUserText: joinText(users.at(0)?.content ?? []),
    lastUserText: joinText(users.at(-1)?.content ?? []),
    toolAnswers: (read.at(-1)?.content ?? []).filter((block) => block["type"] === "tool_result").map(toolAnswer),
    body,
  };
}

function blocks(content: unknown): readonly Json[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : jsonList(content);
}

function joinText(content: readonly Json[]): string {
  return content.flatMap((block) => (block["type"] === "text" ? [textOf(block["text"])] : [])).join("\n");
}

function toolAnswer(block: Json): ToolAnswer {
  return {
    toolUseId: textOf(block["tool_use_id"]),
    text: joinText(blocks(block["content"])),
    isError: block["is_error"] === true,
  };
}
