import { combine } from "../domain/combine.ts";
import { conclude } from "../domain/conclude.ts";
import { coverageOf } from "../domain/coverage-ledger.ts";
import type { CoverageEntry } from "../domain/coverage.ts";
import type { Finding } from "../domain/finding.ts";
import { fixedFindings } from "../domain/fixed-findings.ts";
import { judgeFindings } from "../domain/judge-findings.ts";
import { phaseOf } from "../domain/phase.ts";
import type { Plan } from "../domain/plan.ts";
import { recognise } from "../domain/posted-finding.ts";
import { type Report, REPORT_SCHEMA } from "../domain/report.ts";
import { scheduleOf } from "../domain/schedule.ts";
import type { FailOn } from "../domain/severity.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import { addUsage, NO_USAGE } from "../domain/usage.ts";
import type { RunEnding } from "../ports/run-store.ts";
import { claimReports } from "./claim-reports.ts";
import { isFatal } from "./fan-out.ts";
import type { Investigation } from "./investigate.ts";
import type { PreparedReview } from "./prepare-review.ts";
import { reportedSubtask } from "./reported-subtask.ts";
import { planAsCarriedOut } from "./split-on-overflow.ts";
import type { Verification } from "./verify-findings.ts";

/** What became of a plan: the subtasks that have ended, split ones by their parts, with their outcomes in the same order. */
export type CarriedOut = {
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  /** Planned subtasks that have not ended. */
  readonly pending: readonly Subtask[];
  readonly investigations: readonly Investigation[];
};

/** `investigations` in plan order; undefined for subtasks that have not ended. */
export function carriedOut(
  { plan }: PreparedReview,
  investigations: readonly (Investigation | undefined)[],
): CarriedOut {
  const hasEnded = (_: Subtask, index: number): boolean => investigations[index] !== undefined;
  const present = investigations.filter((investigation) => investigation !== undefined);
  const ended = { ...plan, subtasks: plan.subtasks.filter(hasEnded) };
  return {
    ...planAsCarriedOut(ended, present),
    pending: plan.subtasks.filter((subtask, index) => !hasEnded(subtask, index)),
    investigations: present,
  };
}

/** What was reported, merged, ranked and placed; nobody has verified it. */
export function combinedFindings(prepared: PreparedReview, { plan, outcomes }: CarriedOut): readonly Finding[] {
  const { changeSet, headTexts, settings: limits, precedent } = prepared;
  const { findings } = combine({ reports: claimReports(plan.subtasks, outcomes), changeSet, headTexts, limits });
  return recognise(findings, precedent.posted, precedent.ignored);
}

/** The report of a run, and whether the run counts as failed, with the sentence that says why. */
export function assembleReport(
  prepared: PreparedReview,
  run: CarriedOut,
  combined: readonly Finding[],
  facts: {
    readonly verified: Verification;
    readonly ending: RunEnding;
    readonly failOn: FailOn;
    readonly startMs: number;
  },
): { readonly report: Report; readonly fails: boolean; readonly reason: string } {
  const { changeSet, settings, request } = prepared;
  const { verified, ending } = facts;
  const before = prepared.precedent.completes?.findings ?? [];
  const findings = judgeFindings(combined, verified.judgements, changeSet.files, settings, before.length);
  const ran = [...run.plan.subtasks, ...verified.subtasks];
  const outcomes = [...run.outcomes, ...verified.outcomes];
  const subtasks = ran.flatMap((subtask, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [reportedSubtask(subtask, outcome, facts.startMs)];
  });
  const readers = [...run.plan.subtasks, ...run.pending].filter((subtask) => phaseOf(subtask) === "finder");
  const covered = coverageOf({ ...run.plan, subtasks: readers }, prepared.plannedChange, run.outcomes);
  const coverage = withUnanalysed(covered, run.investigations, request.engine);
  const { unlistedFiles } = changeSet;
  const cancelled = ending.stopped !== undefined;
  const verdict = conclude(
    { coverage, subtasks, findings: [...before, ...findings], unlistedFiles, cancelled },
    facts.failOn,
  );
  const { posted, last, ignored } = prepared.precedent;
  const fixed = fixedFindings({
    posted: posted.filter(({ finding }) => !ignored.has(finding.fingerprint)),
    last,
    findings,
    files: changeSet.files,
    headTexts: prepared.headTexts,
    coverage,
    isWhole: unlistedFiles === 0,
  });
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
    ...(fixed.length === 0 ? {} : { fixed: [...fixed] }),
    subtasks,
    usage: outcomes.reduce((sum, outcome) => addUsage(sum, outcome.usage), NO_USAGE),
    costUsd: outcomes.reduce((sum, outcome) => sum + outcome.costUsd, 0),
    ...scheduleOf(ran, outcomes),
    conclusion: verdict.conclusion,
    notes: [
      ...run.plan.warnings,
      ...prepared.notes,
      ...verified.notes,
      ...missingNotes(unlistedFiles, ending, run.outcomes.find(isFatal)?.error.message),
    ],
  };
  return { report, fails: verdict.fails, reason: verdict.reason };
}

function missingNotes(unlistedFiles: number, { timeUp, stopped }: RunEnding, fatal: string | undefined): string[] {
  return [
    ...(unlistedFiles > 0
      ? [`GitHub lists no more than 3,000 files; ${unlistedFiles} changed files were not seen.`]
      : []),
    ...(fatal === undefined ? [] : [`The run was ended early: ${fatal}.`]),
    ...(stopped === undefined ? [] : [`The run was stopped: ${stopped}. What had been found until then is here.`]),
    ...(timeUp ? ["The time limit ended the run; what had been found until then is here."] : []),
  ];
}

/** Under the rules engine a file that the rules could not analyse has not been reviewed in full, and one with nothing for them was skipped. */
function withUnanalysed(
  coverage: readonly CoverageEntry[],
  investigations: readonly Investigation[],
  engine: PreparedReview["request"]["engine"],
): readonly CoverageEntry[] {
  if (engine !== "rules") return coverage;
  const reasons = new Map(
    investigations.flatMap(({ unanalysed }) => unanalysed.map(({ path, reason }) => [path, reason])),
  );
  const leftOut = new Map(
    investigations.flatMap((each) => (each.leftOut ?? []).map(({ path, reason }) => [path, reason])),
  );
  return coverage.map((entry) => {
    const skipped = leftOut.get(entry.path);
    if (skipped !== undefined && entry.status === "reviewed") return { ...entry, status: "skipped", reason: skipped };
    const reason = reasons.get(entry.path);
    return reason === undefined || entry.status !== "reviewed" ? entry : { ...entry, status: "partial", reason };
  });
}
