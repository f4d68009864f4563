import { editLog, type EditLog } from "../../domain/edit-log.ts";
import type { Verification } from "../../domain/refactor-result.ts";
import type { Outcome } from "../../domain/subtask.ts";
import type { Checker } from "../../ports/checker.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Formatter } from "../../ports/formatter.ts";
import type { Journal } from "../../ports/journal.ts";
import { confineDrafts } from "./confine-drafts.ts";
import { draftAll } from "./draft-all.ts";
import type { Draft, WriteDraft } from "./draft.ts";
import { formatDrafts } from "./format-drafts.ts";
import type { PreparedRefactor } from "./prepare-refactor.ts";
import { type Ejected, settle } from "./settle.ts";

/** What the drafts are put together with. */
export type IntegrateParts = {
  readonly write: WriteDraft;
  /** Whether a writer whose files fail the check is asked once more. */
  readonly asksAgain: boolean;
  /** Absent when no check is configured. */
  readonly checker: Checker | undefined;
  /** Absent when no formatter is configured. */
  readonly formatter?: Formatter | undefined;
  readonly concurrency: number;
  readonly journal: Journal;
  readonly clock: Clock;
};

/** The change as it will be proposed, and how it got there. */
export type Integrated = {
  readonly edits: EditLog;
  readonly verification: Verification;
  readonly ejected: readonly Ejected[];
  /** The drafts that count, in plan order: the second ones of those that were asked again. */
  readonly final: readonly Draft[];
  readonly redone: readonly Outcome[];
  readonly notes: readonly string[];
};

/** Puts the drafts together at the base, formats them, checks once, and leaves out, or has written again, what does not pass. */
export async function integrate(
  prepared: PreparedRefactor,
  parts: IntegrateParts,
  written: readonly Draft[],
  signal: AbortSignal,
): Promise<Integrated> {
  const { checker, formatter } = parts;
  const { base } = prepared;
  const notes: string[] = [];
  const format = async (some: readonly Draft[]): Promise<readonly Draft[]> => {
    const formatted = await formatDrafts(some, { formatter, base }, signal);
    if (formatted.problem !== undefined && !notes.includes(formatted.problem)) notes.push(formatted.problem);
    return formatted.drafts;
  };
  const drafts = await format(written);
  const all = editLog(drafts.flatMap(({ edits }) => edits));
  const unchecked = (verification: Verification): Integrated => ({
    edits: all,
    verification,
    ejected: [],
    final: drafts,
    redone: [],
    notes,
  });
  if (checker === undefined) return unchecked({ status: "not-configured" });
  if (all.length === 0) return unchecked({ status: "unavailable", reason: "There was nothing to check." });
  const place = { base, checker };
  let settled = await settle(candidatesOf(drafts), place, signal);
  if (settled.status === "unavailable") return unchecked(settled);
  let final = drafts;
  const redone: Outcome[] = [];
  let { runs } = settled;
  if (parts.asksAgain && settled.ejected.length > 0) {
    const second = confineDrafts(prepared, await askAgain(prepared, parts, drafts, settled, signal));
    redone.push(...second.map(({ outcome }) => outcome));
    const byId = new Map(second.map((draft) => [draft.outcome.subtaskId, draft]));
    const latest = drafts.map((draft) => byId.get(draft.outcome.subtaskId) ?? draft);
    const merged = await format(latest);
    const again = await settle(candidatesOf(merged), place, signal);
    if (again.status !== "unavailable") {
      runs += again.runs;
      settled = again;
      final = merged;
    }
  }
  const { status, kept, ejected, isolation, wallMs } = settled;
  return {
    edits: editLog(kept.flatMap((candidate) => candidate.edits)),
    verification: { status, isolation, wallMs, runs, notes: settled.notes },
    ejected,
    final,
    redone,
    notes,
  };
}

function candidatesOf(drafts: readonly Draft[]): readonly { readonly id: string; readonly edits: EditLog }[] {
  return drafts.flatMap(({ outcome, edits }) => (edits.length === 0 ? [] : [{ id: outcome.subtaskId, edits }]));
}

/** Every writer whose files did not pass, once, with what the check said; it sees what passed. */
async function askAgain(
  { plan }: PreparedRefactor,
  parts: IntegrateParts,
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
