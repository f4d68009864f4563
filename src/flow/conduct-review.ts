import { combine } from "../domain/combine.ts";
import { conclude } from "../domain/conclude.ts";
import { coverageOf } from "../domain/coverage-ledger.ts";
import type { CoverageEntry } from "../domain/coverage.ts";
import { errorMessage } from "../domain/errors.ts";
import { type Report, REPORT_SCHEMA, type ReportedSubtask } from "../domain/report.ts";
import { scheduleOf } from "../domain/schedule.ts";
import type { FailOn } from "../domain/severity.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import { addUsage, NO_USAGE } from "../domain/usage.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { fanOut, isFatal } from "./fan-out.ts";
import type { Investigate, Investigation } from "./investigate.ts";
import type { PreparedReview } from "./prepare-review.ts";

/** The report of a run and whether the run counts as failed, with the sentence that says why. */
export type ConductedReview = { readonly report: Report; readonly fails: boolean; readonly reason: string };

/**
 * Runs the plan and makes the report of what came back. `signal` cancels the run; `deadline` ends it with what there is.
 * @throws {ExternalError} when every call failed the same way: there is nothing to report but that.
 */
export async function conductReview(
  prepared: PreparedReview,
  investigate: Investigate,
  parts: { readonly journal: Journal; readonly clock: Clock; readonly failOn: FailOn },
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<ConductedReview> {
  const { plan, changeSet, settings, request } = prepared;
  const startMs = parts.clock.now();
  const investigations = await fanOut(
    plan.subtasks,
    investigate,
    { ...parts, concurrency: request.concurrency },
    AbortSignal.any([signal, deadline]),
  );
  const outcomes = investigations.map(({ outcome }) => outcome);
  const fatal = outcomes.find(isFatal);
  if (fatal !== undefined) throw fatal.error;

  const { findings } = combine({
    reports: plan.subtasks.map((subtask, index) => ({
      subtaskId: subtask.id,
      lens: subtask.lens,
      paths: subtask.files.map(({ path }) => path),
      claims: outcomes[index]?.claims ?? [],
    })),
    changeSet,
    headTexts: prepared.headTexts,
    limits: settings,
  });
  const subtasks = plan.subtasks.flatMap((subtask, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [reported(subtask, outcome, startMs)];
  });
  const coverage = withUnanalysed(coverageOf(plan, prepared.plannedChange, outcomes), investigations, request.engine);
  const cancelled = signal.aborted;
  const verdict = conclude(
    { coverage, subtasks, findings, unlistedFiles: changeSet.unlistedFiles, cancelled },
    parts.failOn,
  );
  const report: Report = {
    schema: REPORT_SCHEMA,
    job: "review",
    target: {
      repository: changeSet.repository,
      ...(changeSet.pullRequest === undefined ? {} : { pullRequest: changeSet.pullRequest }),
      base: changeSet.base,
      head: changeSet.head,
    },
    engine: request.engine,
    coverage: [...coverage],
    findings: [...findings],
    subtasks,
    usage: outcomes.reduce((sum, outcome) => addUsage(sum, outcome.usage), NO_USAGE),
    costUsd: outcomes.reduce((sum, outcome) => sum + outcome.costUsd, 0),
    ...scheduleOf(plan.subtasks, outcomes),
    conclusion: verdict.conclusion,
    notes: [...plan.warnings, ...prepared.notes, ...missingNotes(changeSet.unlistedFiles, deadline)],
  };
  parts.journal.write({ kind: "run-end", report });
  return { report, fails: verdict.fails, reason: verdict.reason };
}

function missingNotes(unlistedFiles: number, deadline: AbortSignal): string[] {
  return [
    ...(unlistedFiles > 0
      ? [`GitHub lists no more than 3,000 files; ${unlistedFiles} changed files were not seen.`]
      : []),
    ...(deadline.aborted ? ["The time limit ended the run; what had been found until then is here."] : []),
  ];
}

/** A subtask as the report lists it; times count from `startMs`. */
export function reported(subtask: Subtask, outcome: Outcome, startMs: number): ReportedSubtask {
  const error = errorOf(outcome);
  return {
    id: subtask.id,
    description: subtask.description,
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

/** Under the rules engine a file that the rules could not analyse has not been reviewed in full. */
function withUnanalysed(
  coverage: readonly CoverageEntry[],
  investigations: readonly Investigation[],
  engine: PreparedReview["request"]["engine"],
): readonly CoverageEntry[] {
  if (engine !== "rules") return coverage;
  const reasons = new Map(
    investigations.flatMap(({ unanalysed }) => unanalysed.map(({ path, reason }) => [path, reason])),
  );
  return coverage.map((entry) => {
    const reason = reasons.get(entry.path);
    return reason === undefined || entry.status !== "reviewed" ? entry : { ...entry, status: "partial", reason };
  });
}
