import { errorMessage } from "../domain/errors.ts";
import type { ReportedSubtask } from "../domain/report.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";

/** A subtask as the report shows it; `startMs` is the start of the run on the clock that the outcome's times are of. */
export function reportedSubtask(subtask: Subtask, outcome: Outcome, startMs: number): ReportedSubtask {
  const error = errorOf(outcome);
  return {
    id: subtask.id,
    description: subtask.description,
    ...(subtask.phase === undefined ? {} : { phase: subtask.phase }),
    wave: subtask.wave,
    dependsOn: [...subtask.dependsOn],
    paths: subtask.files.map(({ path }) => path),
    tools: [...subtask.tools],
    status: outcome.end,
    startedMs: Math.max(0, outcome.startedMs - startMs),
    endedMs: Math.max(0, outcome.endedMs - startMs),
    turns: outcome.turns,
    usage: outcome.usage,
    costUsd: outcome.costUsd,
    ...(error === undefined ? {} : { error }),
  };
}

function errorOf(outcome: Outcome): string | undefined {
  switch (outcome.end) {
    case "done":
      return undefined;
    case "out-of-budget":
      return `its ${outcome.limit} ran out`;
    case "refused":
    case "cancelled":
      return outcome.reason;
    case "failed":
      return errorMessage(outcome.error);
    default:
      return outcome satisfies never;
  }
}
