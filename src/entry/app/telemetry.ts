import { type Metrics, openMetrics, type QueueDepth } from "../../adapters/telemetry/metrics.ts";
import { exportTraces, type TracedJob, type Traces } from "../../adapters/telemetry/traces.ts";
import type { Journal } from "../../ports/journal.ts";
import type { RunStore } from "../../ports/run-store.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { VERSION } from "../version.ts";

/** One attempt of a job as it is watched: give the run `journal` beside its own, and keep it in what `watch` returns. */
type WatchedJob = {
  readonly journal: Journal;
  /** The same store; what is appended is measured on its way. */
  watch(store: RunStore): RunStore;
  /** @param end one of a closed set of words. */
  end(end: string, isFailure: boolean): void;
};

type AnsweredWebhook = {
  readonly delivery: string;
  readonly event: string;
  readonly startedMs: number;
  readonly status: number;
};

/** What this process tells machines about itself: metrics for whoever asks, spans for a collector where one is configured. */
export type Telemetry = AsyncDisposable & {
  webhook(webhook: AnsweredWebhook): void;
  job(job: TracedJob & { readonly receivedMs: number }): WatchedJob;
  /** The answer to `GET /metrics`. */
  metrics(): Promise<Response>;
};

export type TelemetryOptions = {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`; without it there are no spans. */
  readonly endpoint: string | undefined;
  /** `OTEL_EXPORTER_OTLP_HEADERS`, as `name=value` separated by commas. */
  readonly headers: string | undefined;
  readonly queueDepth?: () => Promise<QueueDepth>;
};

export function openTelemetry({ endpoint, headers, queueDepth }: TelemetryOptions): Telemetry {
  const now = (): number => SYSTEM_CLOCK.now();
  const metrics = openMetrics({ now, ...(queueDepth === undefined ? {} : { queueDepth }) });
  const traces =
    endpoint === undefined || endpoint === ""
      ? undefined
      : exportTraces({ endpoint, headers: readHeaders(headers ?? ""), version: VERSION }, now);
  return telemetryOf(metrics, traces, now);
}

/** Joins the two. */
export function telemetryOf(metrics: Metrics, traces: Traces | undefined, now: () => number): Telemetry {
  return {
    webhook(webhook) {
      metrics.webhook(webhook.event, webhook.status, now() - webhook.startedMs);
      // What was refused is anybody's: it is counted, and nothing that it says of itself is passed on.
      if (webhook.status < 400 || webhook.status >= 500) traces?.webhook(webhook);
    },
    job(job) {
      const watchers = [metrics.job(job), ...(traces === undefined ? [] : [traces.job(job)])];
      return {
        journal: { write: (event) => watchers.forEach((watcher) => watcher.event(event)) },
        watch: (store) => ({
          append(entry) {
            store.append(entry);
            for (const watcher of watchers) watcher.entry(entry);
          },
          saveReport: (report) => store.saveReport(report),
        }),
        end: (end, isFailure) => watchers.forEach((watcher) => watcher.end(end, isFailure)),
      };
    },
    async metrics() {
      const { contentType, text } = await metrics.expose();
      return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } });
    },
    [Symbol.asyncDispose]: async () => traces?.[Symbol.asyncDispose](),
  };
}

/** The headers of that list; what is no `name=value` is left out. Values are percent-encoded, as the specification has it. */
function readHeaders(list: string): Record<string, string> {
  const pairs = list.split(",").flatMap((pair): [string, string][] => {
    const at = pair.indexOf("=");
    return at <= 0 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
