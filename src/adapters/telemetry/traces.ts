import {
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  ROOT_CONTEXT,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  type SpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";

import { deliveryIds } from "./delivery-ids.ts";
import { type JobSpans, jobSpans } from "./job-spans.ts";
import { oneOf, WEBHOOK_LABELS } from "./labels.ts";

/** What is told of a job that is traced; no payloads, no prompts, no code. */
export type TracedJob = {
  readonly kind: string;
  readonly repository: string;
  readonly pullRequest?: number | undefined;
  readonly head?: string | undefined;
  /** Of the webhook that asked for it: the job's span hangs below that webhook's, whichever process carries the job out. */
  readonly delivery: string;
  /** Counts from 1. */
  readonly attempt: number;
};

/** Where spans of webhooks, jobs, subtasks and model turns go. Nothing here throws or waits but disposing, which sends what is left. */
export type Traces = AsyncDisposable & {
  webhook(webhook: {
    readonly delivery: string;
    readonly event: string;
    readonly startedMs: number;
    readonly status: number;
  }): void;
  job(job: TracedJob): JobSpans;
};

export type TraceExport = {
  /** The collector's address, as in `OTEL_EXPORTER_OTLP_ENDPOINT`: `/v1/traces` is put behind it. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly version: string;
};

/** Sends spans by OTLP over HTTP, in batches. A collector that is down costs the spans and nothing else. */
export function exportTraces({ endpoint, headers, version }: TraceExport, now: () => number): Traces {
  const url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: 5_000 });
  return tracesTo(new BatchSpanProcessor({ exporter }), version, now);
}

/** Spans as they end, given to any processor. */
export function tracesTo(processor: SpanProcessor, version: string, now: () => number): Traces {
  const ids = new DeliveryIds();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "parallel-review", "service.version": version }),
    idGenerator: ids,
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer("parallel-review", version);
  return {
    webhook({ delivery, event, startedMs, status }) {
      const options = {
        kind: SpanKind.SERVER,
        startTime: startedMs,
        attributes: { "github.event": event, "github.delivery": delivery, "http.response.status_code": status },
      };
      const name = `webhook ${oneOf(WEBHOOK_LABELS, event)}`;
      const span = ids.of(delivery, () => tracer.startSpan(name, options, ROOT_CONTEXT));
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(now());
    },
    job(job) {
      const parent = trace.setSpanContext(ROOT_CONTEXT, remoteContext(job.delivery));
      const attributes = {
        "parallel_review.job.kind": job.kind,
        "parallel_review.job.attempt": job.attempt,
        "vcs.repository.name": job.repository,
        ...(job.pullRequest === undefined ? {} : { "vcs.change.id": String(job.pullRequest) }),
        ...(job.head === undefined ? {} : { "vcs.ref.head.revision": job.head }),
      };
      const options = { kind: SpanKind.CONSUMER, startTime: now(), attributes };
      const span = tracer.startSpan(`job ${job.kind}`, options, parent);
      return jobSpans(tracer, span, now);
    },
    // A collector that is down is no reason for this process to end badly.
    [Symbol.asyncDispose]: () => provider.shutdown().catch(() => undefined),
  };
}

function remoteContext(delivery: string): SpanContext {
  return { ...deliveryIds(delivery), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/** Random ids, but for the span of a webhook: its ids follow from its delivery, so that nothing has to be carried through the queue. */
class DeliveryIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #next: { readonly traceId: string; readonly spanId: string } | undefined;

  /** The span that is started within `start` gets the ids of that delivery. */
  of(delivery: string, start: () => Span): Span {
    this.#next = deliveryIds(delivery);
    try {
      return start();
    } finally {
      this.#next = undefined;
    }
  }

  generateTraceId(): string {
    return this.#next?.traceId ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return this.#next?.spanId ?? this.#random.generateSpanId();
  }
}
