import { editWarnings } from "../../domain/edit-limits.ts";
import { editLog, type EditLog } from "../../domain/edit-log.ts";
import { errorMessage } from "../../domain/errors.ts";
import { isProtectedPath } from "../../domain/protected-path.ts";
import type { ChangedByRefactor, LeftOut, RefactorResult, Verification } from "../../domain/refactor-result.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import { scheduleOf } from "../../domain/schedule.ts";
import type { Outcome } from "../../domain/subtask.ts";
import { countLines } from "../../domain/unified-diff.ts";
import { addUsage, NO_USAGE } from "../../domain/usage.ts";
import type { Checker } from "../../ports/checker.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Journal } from "../../ports/journal.ts";
import { readTexts } from "../read-texts.ts";
import { draftAll } from "./draft-all.ts";
import type { Draft, WriteDraft } from "./draft.ts";
import { fixedFindings } from "./fixed-findings.ts";
import type { PreparedRefactor } from "./prepare-refactor.ts";
import { type Ejected, settle } from "./settle.ts";

export type RefactorParts = {
  readonly engine: "claude" | "rules";
  readonly write: WriteDraft;
  /** Whether a writer whose files fail the check is asked once more. */
  readonly asksAgain: boolean;
  /** Absent when no check is configured. */
  readonly checker: Checker | undefined;
  readonly concurrency: number;
  readonly journal: Journal;
  readonly clock: Clock;
};

/**
 * Lets everything be written, puts it together at the base and leaves out what does not pass. `signal` cancels; `deadline` ends the
 * writing early, and what is there by then is put together.
 * @throws {ExternalError} every call failed the same way: there is nothing to put together.
 */
export async function runRefactor(
  prepared: PreparedRefactor,
  parts: RefactorParts,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<RefactorResult> {
  const { plan, base } = prepared;
  parts.journal.write({ kind: "plan-ready", plan });
  const drafts = await draftAll(plan.subtasks, parts.write, parts, AbortSignal.any([signal, deadline]));
  signal.throwIfAborted();
  const fatal = drafts.map(({ outcome }) => outcome).find((outcome) => isFatalEnd(outcome));
  if (fatal?.end === "failed" && drafts.every(({ edits }) => edits.length === 0)) throw fatal.error;

  const integrated = await integrate(prepared, parts, drafts, signal);
  const { edits, verification, ejected, final } = integrated;
  const outcomes = [...drafts.map(({ outcome }) => outcome), ...integrated.redone];
  const leftOut = leftOutOf(prepared, final, ejected);
  const changed = await changedFiles(prepared, final, edits, signal);
  const fixes = fixedFindings(prepared, final, { edits, leftOut });
  const isPartial =
    leftOut.length > 0 ||
    fixes.some(({ fixed }) => !fixed) ||
    verification.status === "unavailable" ||
    verification.status === "no-worse" ||
    deadline.aborted;
  return {
    goal: prepared.recipe.goal,
    engine: parts.engine,
    plan,
    edits,
    changed: inReviewOrder(changed),
    leftOut,
    fixes,
    verification,
    schedule: scheduleOf(
      plan.subtasks,
      drafts.map(({ outcome }) => outcome),
    ),
    usage: outcomes.reduce((sum, outcome) => addUsage(sum, outcome.usage), NO_USAGE),
    costUsd: outcomes.reduce((sum, outcome) => sum + outcome.costUsd, 0),
    conclusion: edits.length === 0 ? "nothing-to-do" : isPartial ? "partial" : "success",
    notes: [
      ...plan.warnings,
      ...(base.truncated ? ["The tree was too large to be listed in full; files may be missing."] : []),
      ...(deadline.aborted ? ["The time limit ended the run; what had been written until then is here."] : []),
    ],
  };
}

function isFatalEnd(outcome: Outcome): boolean {
  return outcome.end === "failed" && "fatal" in outcome.error && outcome.error.fatal;
}

type Integrated = {
  readonly edits: EditLog;
  readonly verification: Verification;
  readonly ejected: readonly Ejected[];
  /** The drafts that count, in plan order: the second ones of those that were asked again. */
  readonly final: readonly Draft[];
  readonly redone: readonly Outcome[];
};

async function integrate(
  prepared: PreparedRefactor,
  parts: RefactorParts,
  drafts: readonly Draft[],
  signal: AbortSignal,
): Promise<Integrated> {
  const { checker } = parts;
  const all = editLog(drafts.flatMap(({ edits }) => edits));
  const unchecked = (verification: Verification): Integrated => ({
    edits: all,
    verification,
    ejected: [],
    final: drafts,
    redone: [],
  });
  if (checker === undefined) return unchecked({ status: "not-configured" });
  if (all.length === 0) return unchecked({ status: "unavailable", reason: "There was nothing to check." });
  const place = { base: prepared.base, checker };
  let settled = await settle(candidatesOf(drafts), place, signal);
  if (settled.status === "unavailable") return unchecked(settled);
  let final = drafts;
  const redone: Outcome[] = [];
  let { runs } = settled;
  if (parts.asksAgain && settled.ejected.length > 0) {
    const second = await askAgain(prepared, parts, drafts, settled, signal);
    redone.push(...second.map(({ outcome }) => outcome));
    const byId = new Map(second.map((draft) => [draft.outcome.subtaskId, draft]));
    const merged = drafts.map((draft) => byId.get(draft.outcome.subtaskId) ?? draft);
    const again = await settle(candidatesOf(merged), place, signal);
    if (again.status !== "unavailable") {
      runs += again.runs;
      settled = again;
      final = merged;
    }
  }
  const { status, kept, ejected, isolation, wallMs, notes } = settled;
  return {
    edits: editLog(kept.flatMap((candidate) => candidate.edits)),
    verification: { status, isolation, wallMs, runs, notes },
    ejected,
    final,
    redone,
  };
}

function candidatesOf(drafts: readonly Draft[]): readonly { readonly id: string; readonly edits: EditLog }[] {
  return drafts.flatMap(({ outcome, edits }) => (edits.length === 0 ? [] : [{ id: outcome.subtaskId, edits }]));
}

/** Every writer whose files did not pass, once, with what the check said; it sees what passed. */
async function askAgain(
  { plan }: PreparedRefactor,
  parts: RefactorParts,
  drafts: readonly Draft[],
  settled: { readonly kept: readonly { readonly edits: EditLog }[]; readonly ejected: readonly Ejected[] },
  signal: AbortSignal,
): Promise<readonly Draft[]> {
  const complaints = new Map(settled.ejected.map(({ id, complaint }) => [id, complaint]));
  const earlier = editLog(settled.kept.flatMap(({ edits }) => edits));
  const first = new Map(drafts.map(({ outcome, edits }) => [outcome.subtaskId, edits]));
  const failing = plan.subtasks
    .filter(({ id }) => complaints.has(id))
    .map((subtask) => ({ ...subtask, dependsOn: subtask.dependsOn.filter((id) => complaints.has(id)) }));
  const write: WriteDraft = ({ subtask }, writeSignal) =>
    parts.write(
      { subtask, earlier, redo: { edits: first.get(subtask.id) ?? [], complaint: complaints.get(subtask.id) ?? "" } },
      writeSignal,
    );
  return draftAll(failing, write, parts, signal);
}

function leftOutOf(prepared: PreparedRefactor, drafts: readonly Draft[], ejected: readonly Ejected[]): LeftOut[] {
  const complaints = new Map(ejected.map(({ id, complaint }) => [id, complaint]));
  return prepared.plan.subtasks.flatMap((subtask, index): LeftOut[] => {
    const draft = drafts[index];
    if (draft === undefined) return [];
    const complaint = complaints.get(subtask.id);
    const paths = subtask.files.map(({ path }) => path);
    if (complaint !== undefined) {
      const reason = "It was changed, but with that the check fails.";
      return paths.map((path) => ({ path, reason, complaint }));
    }
    const ended = endReason(draft.outcome);
    const isKept = draft.edits.length > 0;
    return [
      ...draft.declined,
      ...paths
        .filter((path) => !isKept && !draft.declined.some((each) => each.path === path))
        .map((path) => ({ path, reason: ended ?? "Its writer changed nothing." })),
    ];
  });
}

function endReason(outcome: Outcome): string | undefined {
  switch (outcome.end) {
    case "done":
      return undefined;
    case "out-of-budget":
      return `Its writer ran out of ${outcome.limit}.`;
    case "refused":
      return `The model declined: ${outcome.reason}`;
    case "cancelled":
      return `Its writer was stopped: ${outcome.reason}`;
    case "failed":
      return `Its writer failed: ${errorMessage(outcome.error)}`;
    default:
      return outcome satisfies never;
  }
}

async function changedFiles(
  { base, plan, named }: PreparedRefactor,
  drafts: readonly Draft[],
  edits: EditLog,
  signal: AbortSignal,
): Promise<readonly ChangedByRefactor[]> {
  const before = await readTexts(
    base,
    edits.map(({ path }) => path),
    signal,
  );
  const summaries = new Map(drafts.flatMap(({ summaries: some }) => some.map((summary) => [summary.path, summary])));
  const owners = new Map<RepoPath, string>(
    drafts.flatMap((draft) => draft.edits.map(({ path }) => [path, draft.outcome.subtaskId])),
  );
  const order = new Map(plan.subtasks.map(({ id }, index) => [id, index]));
  return edits
    .map((edit): ChangedByRefactor => {
      const { path, kind } = edit;
      const [old, now] = [before.get(path), kind === "delete" ? undefined : edit.text];
      const summary = summaries.get(path);
      return {
        path,
        kind,
        subtaskId: owners.get(path) ?? "",
        what: summary?.what ?? "",
        why: summary?.why ?? "",
        behaviour: summary?.behaviour ?? "not-judged",
        risk: summary?.risk ?? "",
        ...countLines({ before: old, after: now }),
        isProtected: named.has(path) && (isProtectedPath(path) || (kind === "modify" && edit.executable)),
        warnings: old === undefined || now === undefined ? [] : editWarnings(old, now),
      };
    })
    .toSorted((a, b) => (order.get(a.subtaskId) ?? 0) - (order.get(b.subtaskId) ?? 0));
}

/** What can hurt first: protected files, changed behaviour, unusual edits; then as the work was done, what others import first. */
function inReviewOrder(files: readonly ChangedByRefactor[]): readonly ChangedByRefactor[] {
  const rank = (file: ChangedByRefactor): number =>
    file.isProtected ? 0 : file.behaviour === "changed" ? 1 : file.warnings.length > 0 || file.risk !== "" ? 2 : 3;
  return files.toSorted((a, b) => rank(a) - rank(b));
}
