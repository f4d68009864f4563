import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

import type { RunEvent } from "../../domain/event.ts";
import { phaseOf } from "../../domain/phase.ts";
import type { Usage } from "../../domain/usage.ts";
import type { TranscriptEntry } from "../../ports/run-store.ts";
import { oneOf, TOOL_LABELS, WEBHOOK_LABELS } from "./labels.ts";

/** How many jobs wait and run; read whenever the metrics are. */
export type QueueDepth = { readonly queued: number; readonly running: number; readonly dead: number };

/** One job under way, as the metrics see it. */
type JobMetrics = {
  event(event: RunEvent): void;
  entry(entry: TranscriptEntry): void;
  /** @param end one of a closed set of words: it becomes a label. */
  end(end: string): void;
};

/** What this process has done, for Prometheus. No label takes a value from outside: repositories and people are in the archive. */
export type Metrics = {
  /** @param answer the HTTP status that the webhook was answered with. */
  webhook(event: string, answer: number, ms: number): void;
  job(job: { readonly kind: string; readonly receivedMs: number }): JobMetrics;
  /** The text of `/metrics` and its content type. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
};

const MINUTES = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 3_600];
const MOMENTS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const TURNS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300];

/**
 * The registry of one process.
 * @param queueDepth asked on every scrape; where it fails the gauge is left out, and the rest is told all the same.
 */
export function openMetrics({
  now,
  queueDepth,
}: {
  readonly now: () => number;
  readonly queueDepth?: () => Promise<QueueDepth>;
}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]): Counter<T> =>
    new Counter({ name: `parallel_review_${name}`, help, labelNames, registers });
  const histogram = <T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
    buckets: number[],
  ): Histogram<T> => new Histogram({ name: `parallel_review_${name}`, help, labelNames, buckets, registers });

  const webhooks = counter("webhooks_total", "Webhooks by event and HTTP status of the answer.", ["event", "status"]);
  const answers = histogram("webhook_duration_seconds", "Time until a webhook was answered.", ["event"], MOMENTS);
  const jobs = counter("jobs_total", "Attempts of jobs by how they ended.", ["kind", "end"]);
  const jobTime = histogram("job_duration_seconds", "Time of one attempt of a job.", ["kind", "end"], MINUTES);
  const jobWait = histogram("job_wait_seconds", "From the webhook to the start of the job.", ["kind"], MINUTES);
  const running = new Gauge({
    name: "parallel_review_jobs_running",
    help: "Jobs that run in this process.",
    registers,
  });
  const subtasks = counter("subtasks_total", "Subtasks by phase and how they ended.", ["phase", "end"]);
  const subtaskTime = histogram("subtask_duration_seconds", "Time of one subtask.", ["phase"], MINUTES);
  const tools = counter("tool_calls_total", "Tools that subagents asked for.", ["tool"]);
  const findings = counter("findings_total", "Findings in finished reports.", ["severity"]);
  const degradations = counter("degradations_total", "What was done in a lesser way or left out.", []);
  const turns = counter("model_turns_total", "Requests to the model by how they ended.", ["end"]);
  const turnTime = histogram("model_turn_duration_seconds", "Time of one request to the model.", ["end"], TURNS);
  const tokens = counter("model_tokens_total", "Tokens as billed.", ["kind"]);
  const cost = counter("model_cost_usd_total", "Cost of the model in US dollars.", []);
  if (queueDepth !== undefined) registry.registerMetric(queueGauge(queueDepth));

  const paid = (usage: Usage | undefined, usd: number): void => {
    if (usage !== undefined) {
      tokens.inc({ kind: "input" }, usage.inputTokens);
      tokens.inc({ kind: "output" }, usage.outputTokens);
      tokens.inc({ kind: "cache_read" }, usage.cacheReadTokens);
      tokens.inc({ kind: "cache_write" }, usage.cacheWriteTokens);
    }
    cost.inc(usd);
  };

  return {
    webhook(event, answer, ms) {
      const name = oneOf(WEBHOOK_LABELS, event);
      webhooks.inc({ event: name, status: String(answer) });
      answers.observe({ event: name }, ms / 1_000);
    },
    job({ kind, receivedMs }) {
      const startedMs = now();
      jobWait.observe({ kind }, Math.max(0, startedMs - receivedMs) / 1_000);
      running.inc();
      let isKept = false;
      /** How far the run's own clock is behind the real one: it stood still while nobody worked on the run. */
      let behindMs = 0;
      return {
        event(event) {
          if (event.kind === "tool-call") tools.inc({ tool: oneOf(TOOL_LABELS, event.tool) });
          if (event.kind === "degradation") degradations.inc();
          // What an earlier attempt had finished is told again when a run is resumed; it was counted then.
          if (event.kind === "subtask-end" && event.outcome.endedMs + behindMs >= startedMs) {
            const phase = phaseOf(event.subtask);
            subtasks.inc({ phase, end: event.outcome.end });
            subtaskTime.observe({ phase }, (event.outcome.endedMs - event.outcome.startedMs) / 1_000);
          }
          if (event.kind === "run-end") {
            for (const { severity } of event.report.findings) findings.inc({ severity });
            if (!isKept) paid(event.report.usage, event.report.costUsd);
          }
        },
        entry(entry) {
          isKept = true;
          if (entry.kind === "resume") behindMs = now() - entry.atMs;
          if (entry.kind !== "turn" && entry.kind !== "failure") return;
          const end = entry.kind === "turn" ? "answered" : "failed";
          turns.inc({ end });
          turnTime.observe({ end }, (entry.endedMs - entry.startedMs) / 1_000);
          paid(entry.kind === "turn" ? entry.usage : entry.error.usage, entry.costUsd);
        },
        end(end) {
          running.dec();
          jobs.inc({ kind, end });
          jobTime.observe({ kind, end }, (now() - startedMs) / 1_000);
        },
      };
    },
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function queueGauge(queueDepth: () => Promise<QueueDepth>): Gauge {
  return new Gauge({
    name: "parallel_review_queue_jobs",
    help: "Jobs in the queue that all processes share, by state.",
    labelNames: ["state"],
    registers: [],
    async collect() {
      const depth = await queueDepth().catch(() => undefined);
      this.reset();
      if (depth === undefined) return;
      for (const state of ["queued", "running", "dead"] as const) this.set({ state }, depth[state]);
    },
  });
}
