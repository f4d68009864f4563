import type { ChangeSet } from "./change-set.ts";
import type { CoverageEntry } from "./coverage.ts";
import type { ChangedFile } from "./diff.ts";
import { errorMessage } from "./errors.ts";
import { comparePaths } from "./path-parts.ts";
import type { Plan } from "./plan.ts";
import type { Outcome, Subtask } from "./subtask.ts";

/** How far one subtask got, and the sentence for it when it did not get to the end. */
type Reading = { readonly read: "all" | "some" | "none"; readonly reason: string };

/**
 * One entry for each changed path, sorted by path. `reviewed`: all its subtasks are done and all its hunks were in them.
 * `partial`: some of it was read. `failed`: subtasks were to read it and none did. `skipped`: the plan says why. The order of `outcomes` is
 * irrelevant; a subtask without an outcome counts as never started. Reasons may quote errors and paths: neutralize them.
 */
export function coverageOf(
  plan: Plan,
  changeSet: Pick<ChangeSet, "files">,
  outcomes: readonly Outcome[],
): readonly CoverageEntry[] {
  const skipped = new Map(plan.skipped.map(({ path, reason }) => [path, reason]));
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.subtaskId, outcome]));
  const subtasksOf = new Map<string, Subtask[]>();
  for (const subtask of plan.subtasks) {
    for (const { path } of subtask.files) subtasksOf.set(path, [...(subtasksOf.get(path) ?? []), subtask]);
  }
  return changeSet.files
    .toSorted((a, b) => comparePaths(a.path, b.path))
    .map((file) => {
      const reason = skipped.get(file.path);
      if (reason !== undefined) return { path: file.path, status: "skipped", reason, subtasks: [] };
      return readingOf(file, subtasksOf.get(file.path) ?? [], outcomeOf);
    });
}

function readingOf(
  file: ChangedFile,
  subtasks: readonly Subtask[],
  outcomeOf: ReadonlyMap<string, Outcome>,
): CoverageEntry {
  const entry = { path: file.path, subtasks: subtasks.map(({ id }) => id) };
  if (subtasks.length === 0) return { ...entry, status: "failed", reason: "No subtask was planned for it." };
  const readings = subtasks.map((subtask) => howFar(subtask, outcomeOf.get(subtask.id)));
  const gaps = unplannedHunks(file, subtasks);
  const reasons = [
    ...readings.filter(({ read }) => read !== "all").map(({ reason }) => reason),
    ...(gaps === "" ? [] : [`Too large for one subagent and not read: ${gaps}.`]),
  ];
  if (reasons.length === 0) return { ...entry, status: "reviewed" };
  const status = readings.every(({ read }) => read === "none") ? "failed" : "partial";
  return { ...entry, status, reason: reasons.join(" ") };
}

function howFar({ id }: Subtask, outcome: Outcome | undefined): Reading {
  if (outcome === undefined) return { read: "none", reason: `${id} never started.` };
  if (outcome.end === "done") return { read: "all", reason: "" };
  if (outcome.end === "refused") return { read: "none", reason: `${id} was refused by the model: ${outcome.reason}.` };
  if (outcome.end === "failed") return { read: "none", reason: `${id} failed: ${errorMessage(outcome.error)}.` };
  const hasRead = outcome.turns > 0 || outcome.claims.length > 0;
  const when = hasRead ? "before its end" : "before it started";
  const reason =
    outcome.end === "cancelled"
      ? `${id} was cancelled ${when}: ${outcome.reason}.`
      : `${id} ran out of budget (${outcome.limit}) ${when}.`;
  return { read: hasRead ? "some" : "none", reason };
}

/** The hunks that stand in no subtask, as head lines `10-20, 40-90`; "" when there are none. */
function unplannedHunks(file: ChangedFile, subtasks: readonly Subtask[]): string {
  const planned = new Set<number>();
  for (const { files } of subtasks) {
    for (const { path, hunks } of files) {
      if (path !== file.path) continue;
      if (hunks === "all") return "";
      for (const index of hunks) planned.add(index);
    }
  }
  const missing = file.hunks.filter((_, index) => !planned.has(index));
  const ranges = missing.map(({ newStart, newLines }) => `${newStart}-${newStart + Math.max(newLines, 1) - 1}`);
  const shown = ranges.slice(0, 5).join(", ");
  if (missing.length === 0) return "";
  return `lines ${shown}${ranges.length > 5 ? ` and ${ranges.length - 5} more blocks` : ""}`;
}
