import type { ClientOptions } from "@anthropic-ai/sdk";

import { ExternalError } from "../../domain/errors.ts";
import type { Model } from "../../ports/model.ts";
import type { Connection } from "./connection.ts";
import { DIALECTS } from "./dialect.ts";
import { type MessagesClient, openClient } from "./open-client.ts";
import { readLimits } from "./read-limits.ts";
import { requestBody } from "./request-body.ts";
import { loadSdk } from "./sdk.ts";
import { translateError } from "./translate-error.ts";
import { turnOf } from "./turn-of.ts";
import { usageMeter } from "./usage-meter.ts";

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
          if (stream.response) request.onLimits?.(readLimits(stream.response.headers, Date.now()));
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
        const silentMs = watchdog.signal.aborted ? options.idleTimeoutMs : undefined;
        throw translateError(error, dialect, { usage, silentMs }, await loadSdk());
      } finally {
        watchdog.stop();
      }
    },
  };
}

function idleWatchdog(idleTimeoutMs: number): { signal: AbortSignal; reset(): void; stop(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error("no stream event")), idleTimeoutMs);
  return { signal: controller.signal, reset: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
