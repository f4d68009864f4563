import type Anthropic from "@anthropic-ai/sdk";

import type { Usage } from "../../domain/usage.ts";

/** Characters of streamed output per token at the least; the output count of a stream that is cut never arrives. */
const CHARACTERS_PER_TOKEN = 3;

type BilledUsage = {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_input_tokens: number | null;
  readonly cache_creation_input_tokens: number | null;
};

export function usageOf(usage: BilledUsage): Usage {
  return {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cache_read_input_tokens ?? 0,
    cacheWriteTokens: usage.cache_creation_input_tokens ?? 0,
  };
}

/**
 * What a stream has cost so far: the prompt as its first event counts it, and the output as the last event counts it or, until
 * then, as the characters that arrived allow to estimate. Thinking that is not shown cannot be counted before the end.
 */
export function usageMeter(): { readonly usage: Usage | undefined; read(event: Anthropic.MessageStreamEvent): void } {
  let billed: Usage | undefined;
  let characters = 0;
  return {
    get usage() {
      if (billed === undefined) return undefined;
      const outputTokens = Math.max(billed.outputTokens, Math.ceil(characters / CHARACTERS_PER_TOKEN));
      return { ...billed, outputTokens };
    },
    read(event) {
      if (event.type === "message_start") billed = usageOf(event.message.usage);
      if (event.type === "content_block_delta") characters += charactersIn(event.delta);
      if (event.type === "message_delta" && billed !== undefined) {
        characters = 0;
        billed = { ...billed, outputTokens: event.usage.output_tokens };
      }
    },
  };
}

function charactersIn(delta: Anthropic.RawContentBlockDelta): number {
  switch (delta.type) {
    case "text_delta":
      return delta.text.length;
    case "input_json_delta":
      return delta.partial_json.length;
    case "thinking_delta":
      return delta.thinking.length;
    default:
      return 0;
  }
}
