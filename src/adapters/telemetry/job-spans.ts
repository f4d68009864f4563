import { type Context, ROOT_CONTEXT, type Span, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";

import type { RunEvent } from "../../domain/event.ts";
import { phaseOf } from "../../domain/phase.ts";
import type { Usage } from "../../domain/usage.ts";
import type { FailureEntry, TranscriptEntry, TurnEntry } from "../../ports/run-store.ts";
import { oneOf, TOOL_LABELS } from "./labels.ts";

/** One attempt of a job as spans. */
export type JobSpans = {
  event(event: RunEvent): void;
  entry(entry: TranscriptEntry): void;
  end(end: string, isFailure: boolean): void;
};

/** Spans below the one of a job: its subtasks as they start and end, and the requests to the model as they are kept. */
export function jobSpans(tracer: Tracer, job: Span, now: () => number): JobSpans {
  const open = new Map<string, Span>();
  /** How far the run's own clock, which stood still while nobody worked on it, is behind the real one. */
  let behindMs = 0;
  let model: string | undefined;
  const below = (asker?: string): Context =>
    trace.setSpan(ROOT_CONTEXT, (asker === undefined ? undefined : open.get(asker)) ?? job);

  const turn = (entry: TurnEntry | FailureEntry): void => {
    const usage = entry.kind === "turn" ? entry.usage : entry.error.usage;
    const span = tracer.startSpan(
      "model turn",
      {
        startTime: entry.startedMs + behindMs,
        attributes: {
          "gen_ai.operation.name": "chat",
          ...(model === undefined ? {} : { "gen_ai.request.model": model }),
          "parallel_review.asker": entry.asker,
          "parallel_review.turn": entry.turn,
          "parallel_review.cost_usd": entry.costUsd,
          ...(usage === undefined ? {} : usageAttributes(usage)),
        },
      },
      below(entry.asker),
    );
    if (entry.kind === "failure") span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(entry.endedMs + behindMs);
  };

  return {
    event(event) {
      if (event.kind === "subtask-start") {
        const { subtask } = event;
        const attributes = {
          "parallel_review.subtask.id": subtask.id,
          "parallel_review.subtask.phase": phaseOf(subtask),
          "parallel_review.subtask.lens": subtask.lens,
          "parallel_review.subtask.wave": subtask.wave,
          "parallel_review.subtask.files": subtask.files.length,
        };
        open.set(
          subtask.id,
          tracer.startSpan(`subtask ${phaseOf(subtask)}`, { startTime: now(), attributes }, below()),
        );
      }
      if (event.kind === "tool-call")
        open.get(event.subtaskId)?.addEvent("tool call", { tool: oneOf(TOOL_LABELS, event.tool) }, now());
      if (event.kind === "degradation") job.addEvent("degradation", {}, now());
      if (event.kind === "subtask-end") {
        const { id } = event.subtask;
        const span = open.get(id);
        open.delete(id);
        const { outcome } = event;
        span?.setAttributes({
          "parallel_review.subtask.end": outcome.end,
          "parallel_review.subtask.claims": outcome.claims.length,
          "parallel_review.subtask.turns": outcome.turns,
          "parallel_review.cost_usd": outcome.costUsd,
        });
        if (outcome.end === "failed") span?.setStatus({ code: SpanStatusCode.ERROR });
        span?.end(now());
      }
      if (event.kind === "run-end") {
        job.setAttributes({
          "parallel_review.conclusion": event.report.conclusion,
          "parallel_review.findings": event.report.findings.length,
          "parallel_review.cost_usd": event.report.costUsd,
        });
      }
    },
    entry(entry) {
      if (entry.kind === "run") model = entry.request.model;
      if (entry.kind === "resume") behindMs = now() - entry.atMs;
      if (entry.kind === "turn" || entry.kind === "failure") turn(entry);
    },
    end(end, isFailure) {
      for (const span of open.values()) span.end(now());
      open.clear();
      job.setAttribute("parallel_review.job.end", end);
      if (isFailure) job.setStatus({ code: SpanStatusCode.ERROR });
      job.end(now());
    },
  };
}

function usageAttributes(usage: Usage): Record<string, number> {
  return {
    "gen_ai.usage.input_tokens": usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cacheReadTokens,
  };
}
