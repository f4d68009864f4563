import type { CoverageEntry } from "../../domain/coverage.ts";
import { comparePaths } from "../../domain/path-parts.ts";
import type { RefactorResult } from "../../domain/refactor-result.ts";
import { type Report, REPORT_SCHEMA, type ReportedSubtask } from "../../domain/report.ts";

/**
 * The result as `findings.json` has it. Every selected file is in the coverage once: `reviewed` is one that was changed, with the reason
 * why not for all others. Findings are those of the fresh reviewers.
 */
export function refactorReport(
  result: RefactorResult,
  target: { readonly repository: string; readonly base: string },
): Report {
  const { review, schedule } = result;
  const seen = review?.status === "done" ? review.report : undefined;
  return {
    schema: REPORT_SCHEMA,
    job: "refactor",
    target: { ...target, head: target.base },
    engine: result.engine,
    coverage: coverageOf(result),
    findings: seen?.findings ?? [],
    subtasks: [...result.subtasks, ...(seen?.subtasks.map((subtask) => afterWriting(subtask)) ?? [])],
    usage: result.usage,
    costUsd: result.costUsd,
    ...schedule,
    conclusion: result.conclusion,
    notes: [
      ...result.notes,
      ...(seen?.notes ?? []),
      ...(review?.status === "failed" ? [`Nobody has looked at the whole change: ${review.reason}`] : []),
    ],
  };
}

function coverageOf({ plan, leftOut, changed }: RefactorResult): CoverageEntry[] {
  const out = new Map(leftOut.map((file) => [file.path, file]));
  const entries = plan.subtasks.flatMap(({ id, files }) => {
    const isPart = changed.some(({ subtaskId }) => subtaskId === id);
    return files.map(({ path }): CoverageEntry => {
      const left = out.get(path);
      if (left !== undefined) return { path, status: left.status, reason: left.reason, subtasks: [id] };
      if (isPart) return { path, status: "reviewed", subtasks: [id] };
      return { path, status: "failed", reason: "Nothing is known of it.", subtasks: [id] };
    });
  });
  const skipped = plan.skipped.map((file): CoverageEntry => ({ ...file, status: "skipped", subtasks: [] }));
  return [...entries, ...skipped].toSorted((a, b) => comparePaths(a.path, b.path));
}

/** Reviewers are numbered on their own; here they stand beside the writers. */
function afterWriting(subtask: ReportedSubtask): ReportedSubtask {
  const renamed = (id: string): string => `review-${id}`;
  return { ...subtask, id: renamed(subtask.id), dependsOn: subtask.dependsOn.map((id) => renamed(id)) };
}
