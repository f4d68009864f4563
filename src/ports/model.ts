import type { Effort } from "../domain/effort.ts";
import type { ExternalError } from "../domain/errors.ts";
import type { RateLimits } from "../domain/rate-limits.ts";
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
  /** Called once when the answer begins, with the limits that the provider names with it. */
  readonly onLimits?: (limits: RateLimits) => void;
  /** Higher goes first where requests have to wait; 0 when absent. The longest way to the end of the run should be highest. */
  readonly priority?: number;
  /**
   * Asked before a turn that broke after it was (in part) billed is sent again; false, and it fails with that error. Without it a turn is
   * sent again.
   */
  readonly onBroken?: (error: ExternalError) => Promise<boolean>;
};

/** Why the model stopped. `length`: its output was cut, so its tool calls are not to be trusted and are absent. */
export type StopReason = "end" | "tools" | "length" | "refusal" | "pause" | "context-full" | "unknown";

export type Turn = {
  readonly text: string;
  /** Complete calls only; empty unless `stop` is `tools`. */
  readonly calls: readonly ToolCall[];
  readonly stop: StopReason;
  readonly usage: Usage;
  /** To be sent back as the assistant message of the next request; undefined when nothing was said that could be sent back. */
  readonly replay: unknown;
  /** Present on a refusal: what the provider said. */
  readonly refusal?: string;
};

/** One request and its whole answer. Knows nothing of subtasks, budgets or retries beyond one HTTP exchange. */
export interface Model {
  /**
   * @throws {ExternalError} `fatal` for authentication, billing and unknown model; `retryable` for the rest that may pass. Its `usage` is
   * what a broken or aborted answer had cost until then.
   */
  turn(request: TurnRequest, signal: AbortSignal): Promise<Turn>;
}
