import type { StreamFault } from "./faults.ts";
import type { Json } from "./json.ts";

export type Part =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature?: string }
  /** `json` replaces the serialised `input` in the stream, byte for byte: half of it, or nonsense. */
  | {
      readonly type: "tool_use";
      readonly name: string;
      readonly input: unknown;
      readonly id?: string;
      readonly json?: string;
    }
  /** Sent as it is, in one `content_block_start`. */
  | { readonly type: "raw"; readonly block: Json };

/** One scripted answer of the model. */
export interface Turn {
  readonly kind: "turn";
  readonly parts: readonly Part[];
  /** Any string: an unknown one is how a newer API looks to an older client. */
  readonly stopReason: string;
  readonly stopDetails?: Json;
  /** Billed output; without it, characters / 4 of the parts. */
  readonly outputTokens?: number;
  /** Characters of a text, thinking or JSON delta; 40 (ten tokens) without it. */
  readonly pieceLength?: number;
  readonly headersDelayMs?: number;
  readonly fault?: StreamFault;
}

export interface ToolCall {
  readonly name: string;
  readonly input: unknown;
  /** Unique within the conversation; made up without it. */
  readonly id?: string;
}

type TurnOptions = Partial<Pick<Turn, "outputTokens" | "pieceLength">>;

export function textTurn(text: string, options: TurnOptions = {}): Turn {
  return { kind: "turn", parts: [{ type: "text", text }], stopReason: "end_turn", ...options };
}

/** One or several tool calls, after an optional sentence. */
export function toolTurn(calls: readonly ToolCall[], options: TurnOptions & { readonly text?: string } = {}): Turn {
  const { text, ...rest } = options;
  const said: readonly Part[] = text === undefined ? [] : [{ type: "text", text }];
  const parts = [...said, ...calls.map((call): Part => ({ type: "tool_use", ...call }))];
  return { kind: "turn", parts, stopReason: "tool_use", ...rest };
}

/** The same turn behind a signed thinking block; an empty `thinking` is the default display of the 5.5 models. */
export function withThinking(thinking: string, turn: Turn): Turn {
  return { ...turn, parts: [{ type: "thinking", thinking }, ...turn.parts] };
}

export type RefusalCategory = "cyber" | "bio" | "frontier_llm" | "reasoning_extraction" | "general_harms";

export function refusalTurn(category: RefusalCategory | null = "cyber", explanation: string | null = null): Turn {
  return { kind: "turn", parts: [], stopReason: "refusal", stopDetails: { type: "refusal", category, explanation } };
}

/** `max_tokens` in the middle of the tool call: only the first `keptCharacters` of its input arrive. */
export function cutToolTurn(call: ToolCall, keptCharacters: number): Turn {
  const json = JSON.stringify(call.input).slice(0, keptCharacters);
  return { kind: "turn", parts: [{ type: "tool_use", ...call, json }], stopReason: "max_tokens" };
}

/** A tool call whose streamed input is not JSON. */
export function brokenJsonTurn(name: string, json: string): Turn {
  return { kind: "turn", parts: [{ type: "tool_use", name, input: {}, json }], stopReason: "tool_use" };
}

/** The server interrupts a long turn; it ends in a server tool call, as the real ones do. */
export function pauseTurn(text: string): Turn {
  const search: Json = {
    type: "server_tool_use",
    id: "srvtoolu_standin",
    name: "web_search",
    input: {},
    caller: { type: "direct" },
  };
  return {
    kind: "turn",
    parts: [
      { type: "text", text },
      { type: "raw", block: search },
    ],
    stopReason: "pause_turn",
  };
}

export function windowExceededTurn(text: string): Turn {
  return { ...textTurn(text), stopReason: "model_context_window_exceeded" };
}

/** `end_turn` with no content at all. */
export function emptyTurn(): Turn {
  return { kind: "turn", parts: [], stopReason: "end_turn" };
}

export function oddStopTurn(stopReason: string, text = ""): Turn {
  return { ...textTurn(text), stopReason };
}
