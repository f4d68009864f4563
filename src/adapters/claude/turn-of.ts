import type Anthropic from "@anthropic-ai/sdk";

import type { StopReason, ToolCall, Turn } from "../../ports/model.ts";
import { usageOf } from "./usage-meter.ts";

/** A whole answer as the loop reads it. */
export function turnOf(message: Anthropic.Message): Turn {
  const stop = stopReason(message.stop_reason);
  const calls = message.content.flatMap((block): ToolCall[] =>
    block.type === "tool_use" ? [{ id: block.id, name: block.name, input: block.input }] : [],
  );
  const text = message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
  const refusal = message.stop_details?.explanation ?? message.stop_details?.category ?? undefined;
  return {
    text,
    // A cut tool call still parses: the SDK repairs its JSON. So calls count only when the model itself stopped for them.
    calls: stop === "tools" ? calls : [],
    stop,
    usage: usageOf(message.usage),
    replay: stop === "tools" ? message.content : withoutCalls(message.content),
    ...(stop === "refusal" ? { refusal: refusal ?? "no reason given" } : {}),
  };
}

/**
 * A turn that did not end with its tool calls cannot be sent back with them: no result will follow. Nor may an assistant message be
 * empty, or end in a thinking block.
 */
function withoutCalls(content: readonly Anthropic.ContentBlock[]): readonly Anthropic.ContentBlock[] | undefined {
  const kept = content.filter((block) => block.type !== "tool_use" && (block.type !== "text" || block.text !== ""));
  const end = kept.findLastIndex((block) => block.type !== "thinking" && block.type !== "redacted_thinking");
  return end < 0 ? undefined : kept.slice(0, end + 1);
}

function stopReason(reason: Anthropic.StopReason | null): StopReason {
  switch (reason) {
    case "end_turn":
    case "stop_sequence":
      return "end";
    case "tool_use":
      return "tools";
    case "max_tokens":
      return "length";
    case "pause_turn":
      return "pause";
    case "refusal":
      return "refusal";
    case "model_context_window_exceeded":
      return "context-full";
    case null:
    default:
      return "unknown";
  }
}
