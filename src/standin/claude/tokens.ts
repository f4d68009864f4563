import { textOf, type Json } from "./json.ts";
import type { Part, Turn } from "./turns.ts";

/** The stand-in's tokenizer: four characters a token. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

/** A text block costs its text, any other block its JSON; `cache_control` costs nothing. */
export function blockTokens(block: Json): number {
  return block["type"] === "text" ? tokensOf(textOf(block["text"])) : tokensOf(blockText(block));
}

/** What identifies a block in a prompt: its JSON in the sender's own key order, without `cache_control`. */
export function blockText(block: Json): string {
  return JSON.stringify(block, (key, value: unknown) => (key === "cache_control" ? undefined : value));
}

/** The characters a part sends, besides its frame. */
export function partText(part: Part): string {
  if (part.type === "text") return part.text;
  if (part.type === "thinking") return part.thinking;
  if (part.type === "tool_use") return part.json ?? JSON.stringify(part.input ?? {});
  return JSON.stringify(part.block);
}

export function turnTokens(turn: Turn): number {
  return turn.outputTokens ?? turn.parts.reduce((sum, part) => sum + tokensOf(partText(part)), 0);
}

export function thinkingTokens(turn: Turn): number {
  return turn.parts.reduce((sum, part) => sum + (part.type === "thinking" ? tokensOf(part.thinking) : 0), 0);
}

/**
 * The turn as the API would cut it at `maxTokens`: the part in which the limit falls is shortened, what follows is
 * gone, and the stop reason is `max_tokens`. A turn that fits, or that states its own `outputTokens` below the limit, is untouched.
 */
export function limitTurn(turn: Turn, maxTokens: number): Turn {
  if (turnTokens(turn) <= maxTokens) return turn;
  const { outputTokens: _, ...rest } = turn;
  const parts: Part[] = [];
  let left = maxTokens;
  for (const part of turn.parts) {
    const cost = tokensOf(partText(part));
    if (cost > left) {
      if (left > 0) parts.push(shorten(part, left * 4));
      break;
    }
    parts.push(part);
    left -= cost;
  }
  return { ...rest, parts, stopReason: "max_tokens", outputTokens: maxTokens };
}

function shorten(part: Part, characters: number): Part {
  if (part.type === "text") return { ...part, text: part.text.slice(0, characters) };
  if (part.type === "thinking") return { ...part, thinking: part.thinking.slice(0, characters) };
  if (part.type === "tool_use") return { ...part, json: partText(part).slice(0, characters) };
  return part;
}
