import type Anthropic from "@anthropic-ai/sdk";
import type { ClientOptions } from "@anthropic-ai/sdk";

import { ExternalError } from "../../domain/errors.ts";
import type { Model, StopReason, ToolCall, Turn } from "../../ports/model.ts";
import type { Connection } from "./connection.ts";
import { DIALECTS } from "./dialect.ts";
import { type MessagesClient, openClient } from "./open-client.ts";
import { readLimits } from "./read-limits.ts";
import { requestBody } from "./request-body.ts";
import { translateError } from "./translate-error.ts";
import { usageMeter, usageOf } from "./usage-meter.ts";

export type ClaudeOptions = Connection & {
  /** Silence between two stream events after which a turn is given up. The SDK's own timeout ends at the headers. */
  readonly idleTimeoutMs: number;
  readonly fetch?: ClientOptions["fetch"];
};

/** The Messages API, at whichever provider, one streamed request per turn. Retries, budgets and concurrency are the caller's. */
export function claudeModel(options: ClaudeOptions): Model {
  const dialect = DIALECTS[options.provider ?? "anthropic"];
  let opened: Promise<MessagesClient> | undefined;
  return {
    async turn(request, signal) {
      opened ??= openClient(options, options.fetch);
      const client = await opened;
      const watchdog = idleWatchdog(options.idleTimeoutMs);
      const meter = usageMeter();
      try {
        const stream = client.messages.stream(requestBody(request, dialect), {
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
        throw translateError(error, dialect, {
          usage,
          silentMs: watchdog.signal.aborted ? options.idleTimeoutMs : undefined,
        });
      } finally {
        watchdog.stop();
      }
    },
  };
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
