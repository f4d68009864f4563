import type { Effort } from "../domain/effort.ts";
import type { Usage } from "../domain/usage.ts";

export type ToolSpec = {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object: `properties`, `required`, `additionalProperties: false`. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** The provider must make the input match the schema; then every property has to be required. */
  readonly strict: boolean;
};

export type ToolCall = { readonly id: string; readonly name: string; readonly input: unknown };
export type ToolResult = { readonly callId: string; readonly text: string; readonly isError: boolean };

/** `replay` is the provider's own record of an assistant turn (thinking blocks and all): opaque, sent back unchanged. */
export type Message =
  | { readonly role: "user"; readonly text: string }
  | { readonly role: "assistant"; readonly replay: unknown }
  | { readonly role: "tool"; readonly results: readonly ToolResult[] };

/**
 * One request. `prefix` is identical, byte for byte, for all subagents of a run and is cached; `system` too.
 * `messages` starts with this subagent's own brief.
 */
export type TurnRequest = {
  readonly model: string;
  readonly system: string;
  readonly prefix: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly maxOutputTokens: number;
  readonly effort: Effort | undefined;
  /** Called once when the first event of the answer arrives: from then on the prefix is readable from the cache. */
  readonly onFirstEvent?: () => void;
};

/** Why the model stopped. `length`: its output was cut, so its tool calls are not to be trusted and are absent. */
export type StopReason = "end" | "tools" | "length" | "refusal" | "pause" | "context-full" | "unknown";

export type Turn = {
  readonly text: string;
  /** Complete calls only; empty unless `stop` is `tools`. */
  readonly calls: readonly ToolCall[];
  readonly stop: StopReason;
  readonly usage: Usage;
  /** To be sent back as the assistant message of the next request. */
  readonly replay: unknown;
  /** Present on a refusal: what the provider said. */
  readonly refusal?: string;
};

/** One request and its whole answer. Knows nothing of subtasks, budgets or retries beyond one HTTP exchange. */
export interface Model {
  /** @throws {ExternalError} `fatal` for authentication, billing and unknown model; `retryable` for the rest that may pass. */
  turn(request: TurnRequest, signal: AbortSignal): Promise<Turn>;
}
