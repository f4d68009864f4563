import type Anthropic from "@anthropic-ai/sdk";

import type { Message, TurnRequest } from "../../ports/model.ts";
import type { Dialect } from "./dialect.ts";

/** Smallest prefix, in characters, that is worth a cache entry: below about 1,000 tokens writing costs more than it saves. */
const CACHEABLE_PREFIX_CHARACTERS = 4_000;
const CACHED = { cache_control: { type: "ephemeral" } } as const;

/** A turn as the Messages API is asked for it. `cache: false` leaves out what makes it remember the prompt. */
export function requestBody(
  request: TurnRequest,
  dialect: Dialect,
  { cache } = { cache: true },
): Omit<Anthropic.MessageCreateParamsNonStreaming, "stream"> {
  const [brief, ...rest] = request.messages;
  if (brief?.role !== "user") throw new Error("a conversation starts with the subagent's brief");
  const isLongPrefix = cache && request.prefix.length >= CACHEABLE_PREFIX_CHARACTERS;
  const prefix: Anthropic.TextBlockParam = {
    type: "text",
    text: request.prefix,
    ...(isLongPrefix ? CACHED : {}),
  };
  // From the second turn on the conversation so far is read again by the next one; the first turn is often the last.
  const goesOn = cache && rest.length > 0;
  return {
    model: dialect.modelId(request.model),
    max_tokens: request.maxOutputTokens,
    system: [{ type: "text", text: request.system }],
    tools: request.tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      input_schema: { type: "object", ...tool.inputSchema },
      ...(tool.strict && dialect.hasStrictTools(request.model) ? { strict: true } : {}),
    })),
    messages: [
      { role: "user", content: [...(request.prefix === "" ? [] : [prefix]), { type: "text", text: brief.text }] },
      ...rest.map((message, index) =>
        messageParam(message, goesOn && !dialect.hasAutomaticCaching && index === rest.length - 1),
      ),
    ],
    ...(goesOn && dialect.hasAutomaticCaching ? CACHED : {}),
    ...(request.effort === undefined ? {} : { output_config: { effort: request.effort } }),
  };
}

function messageParam(message: Message, isCached: boolean): Anthropic.MessageParam {
  switch (message.role) {
    case "user":
      return {
        role: "user",
        content: isCached ? [{ type: "text", text: message.text, ...CACHED }] : message.text,
      };
    case "assistant":
      return { role: "assistant", content: replayedContent(message.replay) };
    case "tool":
      // Tool results alone: text behind them makes the model end its turn with nothing.
      return {
        role: "user",
        content: message.results.map((result, index) => ({
          type: "tool_result",
          tool_use_id: result.callId,
          content: result.text,
          ...(result.isError ? { is_error: true } : {}),
          ...(isCached && index === message.results.length - 1 ? CACHED : {}),
        })),
      };
    default:
      return message satisfies never;
  }
}

/** Our own `replay` values come back as they went out: the content blocks of an answer, thinking included. */
function replayedContent(replay: unknown): Anthropic.ContentBlockParam[] {
  if (!Array.isArray(replay)) throw new Error("the replay of an assistant turn is its content blocks");
  return replay as Anthropic.ContentBlockParam[]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- written by turnOf, or by it in a transcript
}
