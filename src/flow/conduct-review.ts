import type { Report } from "../domain/report.ts";
import type { FailOn } from "../domain/severity.ts";
import { unfinishedNote } from "../domain/unfinished-note.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { assembleReport, carriedOut, combinedFindings } from "./assemble-report.ts";
import type { Checkpoint } from "./checkpoint/checkpoint.ts";
import { fanOut, isFatal } from "./fan-out.ts";
import { notInvestigated, type Investigate, type Investigation } from "./investigate.ts";
import type { PreparedReview } from "./prepare-review.ts";
import { abortReason } from "./task-runtime.ts";
import { NOTHING_VERIFIED, type Verify } from "./verify-findings.ts";

/** The report of a run and whether the run counts as failed, with the sentence that says why. */
export type ConductedReview = { readonly report: Report; readonly fails: boolean; readonly reason: string };

type ConductParts = {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly failOn: FailOn;
  /** Absent when nothing is to be kept. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Absent when findings are not verified. */
  readonly verify?: Verify | undefined;
};

/**
 * Runs the plan, has what was found verified, and makes the report. `signal` cancels the run; `deadline` ends it with what there is.
 * @throws {ExternalError} when every call failed the same way and nothing was answered: there is nothing to report but that.
 */
export async function conductReview(
  prepared: PreparedReview,
  investigate: Investigate,
  parts: ConductParts,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<ConductedReview> {
  const { checkpoint, failOn } = parts;
  const { subtasks } = prepared.plan;
  const startMs = checkpoint?.startMs ?? parts.clock.now();
  const ended = new Map<string, Investigation>();
  const soFar = (): Report => {
    const run = carriedOut(
      prepared,
      subtasks.map(({ id }) => ended.get(id)),
    );
    const { report } = assembleReport(prepared, run, combinedFindings(prepared, run), {
      verified: NOTHING_VERIFIED,
      ending: { timeUp: false },
      failOn,
      startMs,
    });
    const note = unfinishedNote(run.pending.length, subtasks.length);
    return { ...report, conclusion: "partial", notes: [...report.notes, note] };
  };
  checkpoint?.saveReport(soFar);
  const stop = AbortSignal.any([signal, deadline]);
  const investigations = await fanOut(
    subtasks,
    async (subtask, taskSignal, before) => {
      const investigation = await investigate(subtask, taskSignal, before);
      ended.set(subtask.id, investigation);
      checkpoint?.saveReport(soFar);
      return investigation;
    },
    notInvestigated,
    { ...parts, concurrency: prepared.request.concurrency },
    stop,
  );
  const run = carriedOut(prepared, investigations);
  const fatal = run.outcomes.find(isFatal);
  // What had been paid for before a key was refused or an account was empty is still delivered, as a partial result.
  if (fatal !== undefined && run.outcomes.every(({ turns }) => turns === 0)) throw fatal.error;

  const findings = combinedFindings(prepared, run);
  const verify = fatal === undefined ? parts.verify : undefined;
  const verified = (await verify?.(findings, run.plan.subtasks, stop)) ?? NOTHING_VERIFIED;
  const now = { timeUp: deadline.aborted, ...(signal.aborted ? { stopped: abortReason(signal) } : {}) };
  const ending = checkpoint?.ending(now) ?? now;
  const conducted = assembleReport(prepared, run, findings, { verified, ending, failOn, startMs });
  checkpoint?.saveFinalReport(conducted.report);
  parts.journal.write({ kind: "run-end", report: conducted.report });
  return conducted;
}
