import type { RefactorResult } from "../../domain/refactor-result.ts";
import type { ReportedSubtask } from "../../domain/report.ts";
import { scheduleOf } from "../../domain/schedule.ts";
import type { Outcome } from "../../domain/subtask.ts";
import { addUsage, NO_USAGE } from "../../domain/usage.ts";
import { reportedSubtask } from "../reported-subtask.ts";
import { changedFiles, leftOutOf } from "./account-for-files.ts";
import { confineDrafts } from "./confine-drafts.ts";
import { draftAll } from "./draft-all.ts";
import { fixedFindings } from "./fixed-findings.ts";
import { integrate, type IntegrateParts } from "./integrate.ts";
import type { PreparedRefactor } from "./prepare-refactor.ts";
import type { ReviewEdits } from "./review-edits.ts";

/** What a refactor is made with. */
export type RefactorParts = IntegrateParts & {
  readonly engine: "claude" | "rules";
  /** Absent when nobody is to look at the whole change. */
  readonly review?: ReviewEdits | undefined;
};

/**
 * Lets everything be written, puts it together at the base, leaves out what does not pass and has the rest looked at. `signal` cancels;
 * `deadline` ends the writing early, and what is there by then is put together.
 * @throws {ExternalError} every call failed the same way: there is nothing to put together.
 */
export async function runRefactor(
  prepared: PreparedRefactor,
  parts: RefactorParts,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<RefactorResult> {
  const { plan, base } = prepared;
  const startMs = parts.clock.now();
  parts.journal.write({ kind: "plan-ready", plan });
  const drafts = confineDrafts(
    prepared,
    await draftAll(plan.subtasks, parts.write, parts, AbortSignal.any([signal, deadline])),
  );
  signal.throwIfAborted();
  const fatal = drafts.map(({ outcome }) => outcome).find((outcome) => isFatalEnd(outcome));
  if (fatal?.end === "failed" && drafts.every(({ edits }) => edits.length === 0)) throw fatal.error;

  const integrated = await integrate(prepared, parts, drafts, signal);
  const { edits, verification, ejected, final } = integrated;
  const outcomes = [...drafts.map(({ outcome }) => outcome), ...integrated.redone];
  const leftOut = leftOutOf(prepared, final, ejected);
  const changed = await changedFiles(prepared, final, edits, signal);
  const fixes = fixedFindings(prepared, final, { edits, leftOut });
  const review = edits.length === 0 ? undefined : await parts.review?.(edits, signal, deadline);
  const spent = [...outcomes, ...(review?.status === "done" ? [review.report] : [])];
  const isPartial =
    leftOut.length > 0 ||
    fixes.some(({ fixed }) => !fixed) ||
    verification.status === "unavailable" ||
    verification.status === "no-worse" ||
    deadline.aborted;
  const hasFailed = leftOut.some(({ status }) => status === "failed");
  return {
    goal: prepared.recipe.goal,
    engine: parts.engine,
    plan,
    edits,
    changed,
    leftOut,
    fixes,
    verification,
    ...(review === undefined ? {} : { review }),
    schedule: scheduleOf(
      plan.subtasks,
      drafts.map(({ outcome }) => outcome),
    ),
    subtasks: subtasksOf(prepared, parts.engine, outcomes, startMs),
    usage: spent.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
    costUsd: spent.reduce((sum, { costUsd }) => sum + costUsd, 0),
    conclusion: edits.length > 0 ? (isPartial ? "partial" : "success") : hasFailed ? "failure" : "nothing-to-do",
    notes: [
      ...plan.warnings,
      ...integrated.notes,
      ...(base.truncated ? ["The tree was too large to be listed in full; files may be missing."] : []),
      ...(deadline.aborted ? ["The time limit ended the run; what had been written until then is here."] : []),
    ],
  };
}

function isFatalEnd(outcome: Outcome): boolean {
  return outcome.end === "failed" && "fatal" in outcome.error && outcome.error.fatal;
}

/** Every writer as the report shows it; one that was asked a second time is there twice. */
function subtasksOf(
  { plan, recipe }: PreparedRefactor,
  engine: RefactorParts["engine"],
  outcomes: readonly Outcome[],
  startMs: number,
): readonly ReportedSubtask[] {
  const seen = new Set<string>();
  const planned = new Map(plan.subtasks.map((subtask) => [subtask.id, subtask]));
  return outcomes.flatMap((outcome) => {
    const subtask = planned.get(outcome.subtaskId);
    if (subtask === undefined) return [];
    const told = { ...reportedSubtask(subtask, outcome, startMs), tools: engine === "rules" ? [] : [...recipe.tools] };
    if (!seen.has(subtask.id)) {
      seen.add(subtask.id);
      return [told];
    }
    const again = { id: `${subtask.id}-again`, description: `${subtask.description}, again`, dependsOn: [subtask.id] };
    return [{ ...told, ...again }];
  });
}
