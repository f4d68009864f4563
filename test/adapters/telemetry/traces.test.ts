import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import type { HrTime } from "@opentelemetry/api";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, it } from "vitest";

import { exportTraces, type TracedJob, tracesTo } from "../../../src/adapters/telemetry/traces.ts";
import { aReport, aSubtask, anOutcome } from "../../support/builders.ts";
import { aTurn, ENTRY_HEADER } from "../../support/transcript-entries.ts";

const JOB: TracedJob = { kind: "pull-request", repository: "acme/shop", pullRequest: 7, delivery: "d-1", attempt: 1 };

const open: Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

function recorder(): { exporter: InMemorySpanExporter; traces: ReturnType<typeof tracesTo>; at: (ms: number) => void } {
  let nowMs = 0;
  const exporter = new InMemorySpanExporter();
  const traces = tracesTo(new SimpleSpanProcessor({ exporter }), "0.1.0", () => nowMs);
  return { exporter, traces, at: (ms) => (nowMs = ms) };
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const span = spans.find((candidate) => candidate.name === name);
  if (span === undefined) throw new Error(`no span ${name} among ${spans.map((each) => each.name).join(", ")}`);
  return span;
}

/** OpenTelemetry takes small numbers for milliseconds since the process started. */
const T = Date.UTC(2026, 10, 22);

const ms = ([seconds, nanos]: HrTime): number => seconds * 1_000 + nanos / 1_000_000;

describe("traces", () => {
  it("hang a model turn below its subtask, the subtask below the job and the job below the webhook of another process", async () => {
    const web = recorder();
    const worker = recorder();
    web.at(T + 20);
    web.traces.webhook({ delivery: "d-1", event: "pull_request", startedMs: T + 5, status: 202 });

    worker.at(T + 1_000);
    const job = worker.traces.job(JOB);
    job.entry(ENTRY_HEADER);
    worker.at(T + 2_000);
    job.event({ kind: "subtask-start", subtask: aSubtask() });
    job.entry(aTurn({ startedMs: T + 2_100, endedMs: T + 3_000 }));
    worker.at(T + 3_500);
    job.event({ kind: "subtask-end", subtask: aSubtask(), outcome: anOutcome() });
    job.event({ kind: "run-end", report: aReport() });
    worker.at(T + 4_000);
    job.end("done", false);

    const webhook = named(web.exporter.getFinishedSpans(), "webhook pull_request");
    const spans = worker.exporter.getFinishedSpans();
    const [whole, subtask, turn] = ["job pull-request", "subtask finder", "model turn"].map((name) =>
      named(spans, name),
    );
    expect(webhook.parentSpanContext).toBeUndefined();
    expect(whole?.parentSpanContext?.spanId).toBe(webhook.spanContext().spanId);
    expect(subtask?.parentSpanContext?.spanId).toBe(whole?.spanContext().spanId);
    expect(turn?.parentSpanContext?.spanId).toBe(subtask?.spanContext().spanId);
    expect(new Set([webhook, ...spans].map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(turn && [ms(turn.startTime), ms(turn.endTime)]).toEqual([T + 2_100, T + 3_000]);
    expect(subtask && [ms(subtask.startTime), ms(subtask.endTime)]).toEqual([T + 2_000, T + 3_500]);
    expect(turn?.attributes).toMatchObject({
      "gen_ai.request.model": "claude-opus-5-5",
      "gen_ai.usage.input_tokens": 134,
      "gen_ai.usage.output_tokens": 20,
    });
    expect(whole?.resource.attributes["service.name"]).toBe("parallel-review");
  });

  it("put the turns of a resumed run where they really were", () => {
    const { exporter, traces, at } = recorder();
    at(T + 60_000);
    const job = traces.job(JOB);
    job.entry({ kind: "resume", version: "0.1.0", atMs: T + 10_000 });
    job.entry(aTurn({ startedMs: T + 11_000, endedMs: T + 12_000 }));

    const turn = named(exporter.getFinishedSpans(), "model turn");

    expect([ms(turn.startTime), ms(turn.endTime)]).toEqual([T + 61_000, T + 62_000]);
  });

  it("say nothing of what was said or read", () => {
    const { exporter, traces } = recorder();
    const job = traces.job(JOB);
    const secret = "CANARY-in-the-code";
    job.event({ kind: "run-start", description: secret });
    job.event({ kind: "degradation", message: secret });
    job.event({
      kind: "subtask-start",
      subtask: aSubtask({ description: secret, files: [{ path: secret, hunks: "all" }] }),
    });
    job.event({ kind: "tool-call", subtaskId: "s1", tool: secret });
    job.entry(aTurn({ answer: { text: secret, calls: [], stop: "end", replay: secret } }));
    job.end("failed", true);

    const spans = exporter.getFinishedSpans();

    expect(spans).toHaveLength(3);
    expect(
      JSON.stringify(spans.map(({ name, attributes, events, status }) => [name, attributes, events, status])),
    ).not.toContain(secret);
  });

  it("reach a collector by OTLP", async () => {
    const { endpoint, requests } = await collector(200);
    const traces = exportTraces({ endpoint, headers: { authorization: "Bearer t" }, version: "0.1.0" }, () => 0);
    traces.webhook({ delivery: "d-2", event: "issue_comment", startedMs: 0, status: 202 });
    await traces[Symbol.asyncDispose]();

    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ url: "/v1/traces", auth: "Bearer t" });
    expect(requests[0]?.body).toContain("webhook issue_comment");
  });

  it("end well when the collector refuses them", async () => {
    const { endpoint, requests } = await collector(400);
    const traces = exportTraces({ endpoint, headers: {}, version: "0.1.0" }, () => 0);
    traces.webhook({ delivery: "d-3", event: "ping", startedMs: 0, status: 200 });

    await expect(traces[Symbol.asyncDispose]()).resolves.toBeUndefined();
    expect(requests).toHaveLength(1);
  });
});

type Received = { readonly url: string | undefined; readonly auth: string | undefined; readonly body: string };

/** A collector that answers everything with that status. */
async function collector(status: number): Promise<{ readonly endpoint: string; readonly requests: Received[] }> {
  const requests: Received[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      requests.push({ url: request.url, auth: request.headers.authorization, body: Buffer.concat(parts).toString() });
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  open.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the collector has no port");
  return { endpoint: `http://127.0.0.1:${address.port}/`, requests };
}
