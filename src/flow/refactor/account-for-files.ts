import { editWarnings } from "../../domain/edit-limits.ts";
import type { EditLog } from "../../domain/edit-log.ts";
import { errorMessage } from "../../domain/errors.ts";
import { isProtectedPath } from "../../domain/protected-path.ts";
import type { ChangedByRefactor, LeftOut } from "../../domain/refactor-result.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Outcome } from "../../domain/subtask.ts";
import { countLines } from "../../domain/unified-diff.ts";
import { readTexts } from "../read-texts.ts";
import type { Draft } from "./draft.ts";
import type { PreparedRefactor } from "./prepare-refactor.ts";
import type { Ejected } from "./settle.ts";

/** The planned files that are not part of the change, in plan order, and why. */
export function leftOutOf(
  prepared: PreparedRefactor,
  drafts: readonly Draft[],
  ejected: readonly Ejected[],
): LeftOut[] {
  const complaints = new Map(ejected.map(({ id, complaint }) => [id, complaint]));
  return prepared.plan.subtasks.flatMap((subtask, index): LeftOut[] => {
    const draft = drafts[index];
    if (draft === undefined) return [];
    const complaint = complaints.get(subtask.id);
    const paths = subtask.files.map(({ path }) => path);
    if (complaint !== undefined) {
      const reason = "It was changed, but with that the check fails.";
      return paths.map((path) => ({ path, status: "failed", reason, complaint }));
    }
    const ended = endReason(draft.outcome);
    const isKept = draft.edits.length > 0;
    return [
      ...draft.declined.map((each) => ({ ...each, status: "skipped" as const })),
      ...paths
        .filter((path) => !isKept && !draft.declined.some((each) => each.path === path))
        .map((path): LeftOut =>
          ended === undefined
            ? { path, status: "skipped", reason: "Its writer changed nothing." }
            : { path, status: "failed", reason: ended },
        ),
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

/** The files of the change with what is said of them, in the order to review them. */
export async function changedFiles(
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
  const changed = edits
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
  return inReviewOrder(changed);
}

/** What can hurt first: protected files, changed behaviour, unusual edits; then as the work was done, what others import first. */
function inReviewOrder(files: readonly ChangedByRefactor[]): readonly ChangedByRefactor[] {
  const rank = (file: ChangedByRefactor): number =>
    file.isProtected ? 0 : file.behaviour === "changed" ? 1 : file.warnings.length > 0 || file.risk !== "" ? 2 : 3;
  return files.toSorted((a, b) => rank(a) - rank(b));
}
