import { describe, expect, it } from "vitest";

import { openMetrics } from "../../../src/adapters/telemetry/metrics.ts";
import { aFinding, aReport, aSubtask, anOutcome } from "../../support/builders.ts";
import { aTurn, ENTRY_HEADER } from "../../support/transcript-entries.ts";

const aJob = { kind: "pull-request", receivedMs: 1_000 };

/** The lines of our own metrics, without comments and buckets. */
async function told(metrics: ReturnType<typeof openMetrics>): Promise<string[]> {
  const { text } = await metrics.expose();
  return text.split("\n").filter((line) => line.startsWith("parallel_review_") && !line.includes("_bucket"));
}

describe("metrics", () => {
  it("tell what jobs, subtasks, turns and webhooks came to", async () => {
    let nowMs = 3_000;
    const metrics = openMetrics({ now: () => nowMs, queueDepth: async () => ({ queued: 4, running: 1, dead: 2 }) });
    metrics.webhook("issue_comment", 202, 40);

    const job = metrics.job(aJob);
    job.entry(ENTRY_HEADER);
    job.entry(aTurn({ startedMs: 3_000, endedMs: 5_000, costUsd: 0.25 }));
    job.event({ kind: "tool-call", subtaskId: "s1", tool: "Read" });
    job.event({
      kind: "subtask-end",
      subtask: aSubtask({ phase: "verifier" }),
      outcome: anOutcome({ startedMs: 3_000, endedMs: 5_000 }),
    });
    job.event({ kind: "run-end", report: aReport({ findings: [aFinding({ severity: "critical" })], costUsd: 0.25 }) });
    nowMs = 7_000;
    job.end("done");

    const lines = await told(metrics);
    expect(lines).toEqual(
      expect.arrayContaining([
        'parallel_review_webhooks_total{event="issue_comment",status="202"} 1',
        'parallel_review_jobs_total{kind="pull-request",end="done"} 1',
        'parallel_review_job_duration_seconds_sum{kind="pull-request",end="done"} 4',
        'parallel_review_job_wait_seconds_sum{kind="pull-request"} 2',
        "parallel_review_jobs_running 0",
        'parallel_review_queue_jobs{state="queued"} 4',
        'parallel_review_queue_jobs{state="dead"} 2',
        'parallel_review_subtasks_total{phase="verifier",end="done"} 1',
        'parallel_review_subtask_duration_seconds_sum{phase="verifier"} 2',
        'parallel_review_tool_calls_total{tool="Read"} 1',
        'parallel_review_findings_total{severity="critical"} 1',
        'parallel_review_model_turns_total{end="answered"} 1',
        'parallel_review_model_tokens_total{kind="input"} 100',
        'parallel_review_model_tokens_total{kind="cache_read"} 30',
        "parallel_review_model_cost_usd_total 0.25",
      ]),
    );
  });

  it("count what was paid by the report where a run was not kept", async () => {
    const metrics = openMetrics({ now: () => 0 });

    metrics.job(aJob).event({ kind: "run-end", report: aReport({ costUsd: 1.5 }) });

    expect(await told(metrics)).toContain("parallel_review_model_cost_usd_total 1.5");
  });

  it("have as many series for a thousand made-up names as for one", async () => {
    const metrics = openMetrics({ now: () => 0 });
    const job = metrics.job(aJob);
    for (let index = 0; index < 1_000; index += 1) {
      job.event({ kind: "tool-call", subtaskId: "s1", tool: `tool-${index}"} 1\n` });
      metrics.webhook(`event-${index}`, 202, 1);
    }

    const lines = await told(metrics);

    expect(lines.filter((line) => line.startsWith("parallel_review_tool_calls_total"))).toEqual([
      'parallel_review_tool_calls_total{tool="other"} 1000',
    ]);
    expect(lines.filter((line) => line.startsWith("parallel_review_webhooks_total"))).toHaveLength(1);
  });

  it("do not count again what an earlier attempt had finished", async () => {
    const metrics = openMetrics({ now: () => 100_000 });
    const job = metrics.job(aJob);
    job.entry({ kind: "resume", version: "1.0.0", atMs: 5_000 });
    const subtask = aSubtask();

    job.event({ kind: "subtask-end", subtask, outcome: anOutcome({ startedMs: 1_000, endedMs: 4_000 }) });
    job.event({ kind: "subtask-end", subtask, outcome: anOutcome({ startedMs: 5_000, endedMs: 6_000 }) });

    expect(await told(metrics)).toContain('parallel_review_subtasks_total{phase="finder",end="done"} 1');
  });

  it("go on without the queue's figures when the database is away", async () => {
    const metrics = openMetrics({
      now: () => 0,
      queueDepth: async () => {
        throw new Error("no database");
      },
    });
    metrics.webhook("ping", 200, 1);

    const lines = await told(metrics);

    expect(lines).toContain('parallel_review_webhooks_total{event="ping",status="200"} 1');
    expect(lines.some((line) => line.startsWith("parallel_review_queue_jobs"))).toBe(false);
  });
});
