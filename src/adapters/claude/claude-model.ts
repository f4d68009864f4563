import Anthropic, { type ClientOptions } from "@anthropic-ai/sdk";

import { ExternalError } from "../../domain/errors.ts";
import type { Message, Model, StopReason, ToolCall, Turn, TurnRequest } from "../../ports/model.ts";
import { readLimits } from "./read-limits.ts";
import { translateError } from "./translate-error.ts";
import { usageMeter, usageOf } from "./usage-meter.ts";

export type ClaudeOptions = {
  readonly apiKey: string;
  /** Always explicit: the SDK would otherwise take it, and send the key there, from the environment. */
  readonly baseUrl: string;
  /** Silence between two stream events after which a turn is given up. The SDK's own timeout ends at the headers. */
  readonly idleTimeoutMs: number;
  readonly fetch?: ClientOptions["fetch"];
};

/** Smallest prefix, in characters, that is worth a cache entry: below about 1,000 tokens writing costs more than it saves. */
const CACHEABLE_PREFIX_CHARACTERS = 4_000;

/** The Messages API, one streamed request per turn. Retries, budgets and concurrency are the caller's. */
export function claudeModel(options: ClaudeOptions): Model {
  const client = new Anthropic({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    maxRetries: 0,
    logLevel: "off",
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  return {
    async turn(request, signal) {
      const watchdog = idleWatchdog(options.idleTimeoutMs);
      const meter = usageMeter();
      try {
        const stream = client.messages.stream(requestBody(request), {
          signal: AbortSignal.any([signal, watchdog.signal]),
        });
        let first = true;
        stream.on("connect", () => {
          if (stream.response) request.onLimits?.(readLimits(stream.response.headers));
        });
        stream.on("streamEvent", (event) => {
          watchdog.reset();
          meter.read(event);
          if (first) request.onFirstEvent?.();
          first = false;
        });
        return turnOf(await stream.finalMessage());
      } catch (error) {
        const { usage } = meter;
        if (signal.aborted) {
          throw new ExternalError("Claude", "the request was cancelled", {
            fault: "broken",
            usage,
            cause: signal.reason,
          });
        }
        throw translateError(error, {
          usage,
          silentMs: watchdog.signal.aborted ? options.idleTimeoutMs : undefined,
        });
      } finally {
        watchdog.stop();
      }
    },
  };
}

function requestBody(request: TurnRequest): Anthropic.MessageStreamParams {
  const [brief, ...rest] = request.messages;
  if (brief?.role !== "user") throw new Error("a conversation starts with the subagent's brief");
  const cached = request.prefix.length >= CACHEABLE_PREFIX_CHARACTERS;
  const prefix: Anthropic.TextBlockParam = {
    type: "text",
    text: request.prefix,
    ...(cached ? { cache_control: { type: "ephemeral" } } : {}),
  };
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    system: [{ type: "text", text: request.system }],
    tools: request.tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      input_schema: { type: "object", ...tool.inputSchema },
      ...(tool.strict ? { strict: true } : {}),
    })),
    messages: [
      { role: "user", content: [...(request.prefix === "" ? [] : [prefix]), { type: "text", text: brief.text }] },
      ...rest.map(messageParam),
    ],
    // From the second turn on the conversation so far is read again by the next one; the first turn is often the last.
    ...(rest.length > 0 ? { cache_control: { type: "ephemeral" } } : {}),
    ...(request.effort === undefined ? {} : { output_config: { effort: request.effort } }),
  };
}

function messageParam(message: Message): Anthropic.MessageParam {
  switch (message.role) {
    case "user":
      return { role: "user", content: message.text };
    case "assistant":
      return { role: "assistant", content: replayedContent(message.replay) };
    case "tool":
      // Tool results alone: text behind them makes the model end its turn with nothing.
      return {
        role: "user",
        content: message.results.map((result) => ({
          type: "tool_result",
          tool_use_id: result.callId,
          content: result.text,
          ...(result.isError ? { is_error: true } : {}),
        })),
      };
    default:
      return message satisfies never;
  }
}

/** Our own `replay` values come back as they went out: the content blocks of an answer, thinking included. */
function replayedContent(replay: unknown): Anthropic.ContentBlockParam[] {
  if (!Array.isArray(replay)) throw new Error("the replay of an assistant turn is its content blocks");
  return replay as Anthropic.ContentBlockParam[]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- written by turnOf below, or by it in a transcript
}

function turnOf(message: Anthropic.Message): Turn {
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

function idleWatchdog(idleTimeoutMs: number): { signal: AbortSignal; reset(): void; stop(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error("no stream event")), idleTimeoutMs);
  return { signal: controller.signal, reset: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
