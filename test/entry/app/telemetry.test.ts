import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { describe, expect, it } from "vitest";

import { openMetrics } from "../../../src/adapters/telemetry/metrics.ts";
import { tracesTo } from "../../../src/adapters/telemetry/traces.ts";
import { openTelemetry, telemetryOf } from "../../../src/entry/app/telemetry.ts";
import type { TranscriptEntry } from "../../../src/ports/run-store.ts";
import { aReport, aSubtask, anOutcome } from "../../support/builders.ts";
import { aTurn } from "../../support/transcript-entries.ts";

const JOB = {
  kind: "pull-request",
  repository: "acme/shop",
  pullRequest: 7,
  delivery: "d-1",
  attempt: 1,
  receivedMs: 0,
};
const now = (): number => 5_000;

describe("telemetry", () => {
  it("gives a run's events and what it keeps to metrics and spans, and keeps it all the same", async () => {
    const exporter = new InMemorySpanExporter();
    const traces = tracesTo(new SimpleSpanProcessor({ exporter }), "0.1.0", now);
    await using telemetry = telemetryOf(openMetrics({ now }), traces, now);
    const kept: TranscriptEntry[] = [];

    const job = telemetry.job(JOB);
    const store = job.watch({ append: (entry) => kept.push(entry), saveReport: () => undefined });
    job.journal.write({ kind: "subtask-start", subtask: aSubtask() });
    store.append(aTurn());
    job.journal.write({ kind: "subtask-end", subtask: aSubtask(), outcome: anOutcome({ endedMs: 6_000 }) });
    job.journal.write({ kind: "run-end", report: aReport() });
    job.end("done", false);

    const response = await telemetry.metrics();
    const text = await response.text();
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(text).toContain('parallel_review_jobs_total{kind="pull-request",end="done"} 1');
    expect(text).toContain('parallel_review_model_turns_total{end="answered"} 1');
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual([
      "model turn",
      "subtask finder",
      "job pull-request",
    ]);
    expect(kept).toEqual([aTurn()]);
  });

  it("counts webhooks that are refused, and passes nothing of them on", async () => {
    const exporter = new InMemorySpanExporter();
    const traces = tracesTo(new SimpleSpanProcessor({ exporter }), "0.1.0", now);
    await using telemetry = telemetryOf(openMetrics({ now }), traces, now);

    for (const status of [401, 202]) {
      telemetry.webhook({ delivery: `d-${status}`, event: "pull_request", startedMs: 0, status });
    }

    expect(exporter.getFinishedSpans().map(({ attributes }) => attributes["github.delivery"])).toEqual(["d-202"]);
    expect(await (await telemetry.metrics()).text()).toContain('{event="pull_request",status="401"} 1');
  });

  it("has metrics and no spans where no collector is configured", async () => {
    await using telemetry = openTelemetry({ endpoint: undefined, headers: undefined });

    telemetry.webhook({ delivery: "d-1", event: "ping", startedMs: 0, status: 200 });

    expect(await (await telemetry.metrics()).text()).toContain(
      'parallel_review_webhooks_total{event="ping",status="200"} 1',
    );
  });
});
