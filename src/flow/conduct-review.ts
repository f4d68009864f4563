import { combine } from "../domain/combine.ts";
import { conclude } from "../domain/conclude.ts";
import { coverageOf } from "../domain/coverage-ledger.ts";
import type { CoverageEntry } from "../domain/coverage.ts";
import { errorMessage } from "../domain/errors.ts";
import { judgeFindings } from "../domain/judge-findings.ts";
import { phaseOf } from "../domain/phase.ts";
import { type Report, REPORT_SCHEMA, type ReportedSubtask } from "../domain/report.ts";
import { scheduleOf } from "../domain/schedule.ts";
import type { FailOn } from "../domain/severity.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import { addUsage, NO_USAGE } from "../domain/usage.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { claimReports } from "./claim-reports.ts";
import { fanOut, isFatal } from "./fan-out.ts";
import type { Investigate, Investigation } from "./investigate.ts";
import type { PreparedReview } from "./prepare-review.ts";
import { planAsCarriedOut } from "./split-on-overflow.ts";
import { NOTHING_VERIFIED, type Verify } from "./verify-findings.ts";

/** The report of a run and whether the run counts as failed, with the sentence that says why. */
export type ConductedReview = { readonly report: Report; readonly fails: boolean; readonly reason: string };

/**
 * Runs the plan and makes the report of what came back. `signal` cancels the run; `deadline` ends it with what there is.
 * @throws {ExternalError} when every call failed the same way and nothing was answered: there is nothing to report but that.
 */
export async function conductReview(
  prepared: PreparedReview,
  investigate: Investigate,
  parts: {
    readonly journal: Journal;
    readonly clock: Clock;
    readonly failOn: FailOn;
    /** Absent when findings are not verified. */
    readonly verify?: Verify | undefined;
  },
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<ConductedReview> {
  const { changeSet, settings, request } = prepared;
  const startMs = parts.clock.now();
  const ending = AbortSignal.any([signal, deadline]);
  const investigations = await fanOut(
    prepared.plan.subtasks,
    investigate,
    { ...parts, concurrency: request.concurrency },
    ending,
  );
  const { plan, outcomes: found } = planAsCarriedOut(prepared.plan, investigations);
  const fatal = found.find(isFatal);
  // What had been paid for before a key was refused or an account was empty is still delivered, as a partial result.
  if (fatal !== undefined && found.every(({ turns }) => turns === 0)) throw fatal.error;

  const combined = combine({
    reports: claimReports(plan.subtasks, found),
    changeSet,
    headTexts: prepared.headTexts,
    limits: settings,
  });
  const verified =
    (fatal === undefined ? await parts.verify?.(combined.findings, plan.subtasks, ending) : undefined) ??
    NOTHING_VERIFIED;
  const findings = judgeFindings(combined.findings, verified.judgements, changeSet.files, settings);
  const ran = [...plan.subtasks, ...verified.subtasks];
  const outcomes = [...found, ...verified.outcomes];
  const subtasks = ran.flatMap((subtask, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [reported(subtask, outcome, startMs)];
  });
  const readers = { ...plan, subtasks: plan.subtasks.filter((subtask) => phaseOf(subtask) === "finder") };
  const coverage = withUnanalysed(coverageOf(readers, prepared.plannedChange, found), investigations, request.engine);
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
    ...scheduleOf(ran, outcomes),
    conclusion: verdict.conclusion,
    notes: [
      ...plan.warnings,
      ...prepared.notes,
      ...verified.notes,
      ...missingNotes(changeSet.unlistedFiles, deadline),
      ...(fatal === undefined ? [] : [`The run was ended early: ${fatal.error.message}.`]),
    ],
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

function reported(subtask: Subtask, outcome: Outcome, startMs: number): ReportedSubtask {
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
