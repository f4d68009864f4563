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
import type { RunEnding } from "../ports/run-store.ts";
import type { Checkpoint } from "./checkpoint/checkpoint.ts";
import { fanOut, isFatal } from "./fan-out.ts";
import type { Investigate, Investigation } from "./investigate.ts";
import type { PreparedReview } from "./prepare-review.ts";
import { abortReason } from "./task-runtime.ts";

/** The report of a run and whether the run counts as failed, with the sentence that says why. */
export type ConductedReview = { readonly report: Report; readonly fails: boolean; readonly reason: string };

export type ConductParts = {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly failOn: FailOn;
  /** Absent when nothing is to be kept. */
  readonly checkpoint?: Checkpoint | undefined;
};

/**
 * Runs the plan and makes the report of what came back. `signal` cancels the run; `deadline` ends it with what there is.
 * @throws {ExternalError} when every call failed the same way: there is nothing to report but that.
 */
export async function conductReview(
  prepared: PreparedReview,
  investigate: Investigate,
  parts: ConductParts,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<ConductedReview> {
  const { plan, request } = prepared;
  const { checkpoint } = parts;
  const startMs = checkpoint?.startMs ?? parts.clock.now();
  const ended = new Map<string, Investigation>();
  const savePartial = (): void => checkpoint?.saveReport(() => partialReport(prepared, ended, parts.failOn, startMs));
  savePartial();
  const investigations = await fanOut(
    plan.subtasks,
    async (subtask, taskSignal) => {
      const investigation = await investigate(subtask, taskSignal);
      ended.set(subtask.id, investigation);
      savePartial();
      return investigation;
    },
    { ...parts, concurrency: request.concurrency },
    AbortSignal.any([signal, deadline]),
  );
  const fatal = investigations.map(({ outcome }) => outcome).find(isFatal);
  if (fatal !== undefined) throw fatal.error;

  const now = { timeUp: deadline.aborted, ...(signal.aborted ? { stopped: abortReason(signal) } : {}) };
  const ending = checkpoint?.ending(now) ?? now;
  const conducted = assemble(prepared, investigations, ending, parts.failOn, startMs);
  checkpoint?.saveFinalReport(conducted.report);
  parts.journal.write({ kind: "run-end", report: conducted.report });
  return conducted;
}

/** The report of the subtasks that have ended, while others have not. */
function partialReport(
  prepared: PreparedReview,
  ended: ReadonlyMap<string, Investigation>,
  failOn: FailOn,
  startMs: number,
): Report {
  const investigations = prepared.plan.subtasks.map(({ id }) => ended.get(id));
  const { report } = assemble(prepared, investigations, { timeUp: false }, failOn, startMs);
  const missing = investigations.filter((investigation) => investigation === undefined).length;
  const note = `The run had not ended when this was written: ${missing} of ${investigations.length} subtasks are missing.`;
  return { ...report, conclusion: "partial", notes: [...report.notes, note] };
}

/** `investigations` in plan order; undefined for subtasks that have not ended. */
function assemble(
  prepared: PreparedReview,
  investigations: readonly (Investigation | undefined)[],
  ending: RunEnding,
  failOn: FailOn,
  startMs: number,
): ConductedReview {
  const { plan, changeSet, settings, request } = prepared;
  const present = investigations.filter((investigation) => investigation !== undefined);
  const outcomes = present.map(({ outcome }) => outcome);
  const { findings } = combine({
    reports: plan.subtasks.map((subtask, index) => ({
      subtaskId: subtask.id,
      lens: subtask.lens,
      paths: subtask.files.map(({ path }) => path),
      claims: investigations[index]?.outcome.claims ?? [],
    })),
    changeSet,
    headTexts: prepared.headTexts,
    limits: settings,
  });
  const subtasks = plan.subtasks.flatMap((subtask, index) => {
    const outcome = investigations[index]?.outcome;
    return outcome === undefined ? [] : [reported(subtask, outcome, startMs)];
  });
  const coverage = withUnanalysed(coverageOf(plan, prepared.plannedChange, outcomes), present, request.engine);
  const cancelled = ending.stopped !== undefined;
  const verdict = conclude({ coverage, subtasks, findings, unlistedFiles: changeSet.unlistedFiles, cancelled }, failOn);
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
    notes: [...plan.warnings, ...prepared.notes, ...missingNotes(changeSet.unlistedFiles, ending)],
  };
  return { report, fails: verdict.fails, reason: verdict.reason };
}

function missingNotes(unlistedFiles: number, { timeUp, stopped }: RunEnding): string[] {
  return [
    ...(unlistedFiles > 0
      ? [`GitHub lists no more than 3,000 files; ${unlistedFiles} changed files were not seen.`]
      : []),
    ...(stopped === undefined ? [] : [`The run was stopped: ${stopped}. What had been found until then is here.`]),
    ...(timeUp ? ["The time limit ended the run; what had been found until then is here."] : []),
  ];
}

function reported(subtask: Subtask, outcome: Outcome, startMs: number): ReportedSubtask {
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
