import type { CoverageEntry } from "./coverage.ts";
import { type Finding, isOpen } from "./finding.ts";
import { phaseOf } from "./phase.ts";
import type { Conclusion, ReportedSubtask } from "./report.ts";
import { compareSeverity } from "./severity.ts";
import type { FailOn } from "./severity.ts";

/** What the end of a run is judged by. */
export type RunParts = {
  readonly coverage: readonly Pick<CoverageEntry, "status">[];
  readonly subtasks: readonly Pick<ReportedSubtask, "status" | "phase">[];
  readonly findings: readonly Pick<Finding, "severity" | "scope" | "verdict" | "ignored">[];
  /** Changed paths that the source could not even list. */
  readonly unlistedFiles: number;
  /** The whole run was stopped (not just a subtask). */
  readonly cancelled: boolean;
};

/** `fails` decides the exit code and the colour; `reason` is the sentence for it, in the words of the reader. */
export type Verdict = { readonly conclusion: Conclusion; readonly fails: boolean; readonly reason: string };

/**
 * How the run ended. `success` only when every file that has something to review was reviewed in full and the gate holds.
 * `nothing-to-do` when no file had. `failure` when something had to be reviewed and nothing was, or when an introduced finding
 * reaches `failOn`. `partial` when anything is missing: it never counts as success, and under any `failOn` but `never` it fails,
 * because a gate that looked at a part has not looked.
 */
export function conclude(parts: RunParts, failOn: FailOn): Verdict {
  const count = (status: CoverageEntry["status"]): number =>
    parts.coverage.filter((entry) => entry.status === status).length;
  const reviewed = count("reviewed") + count("partial");
  const wanted = reviewed + count("failed") + parts.unlistedFiles;
  if (parts.cancelled)
    return { conclusion: "cancelled", fails: true, reason: `cancelled after ${files(reviewed)} of ${wanted}` };
  if (wanted === 0)
    return { conclusion: "nothing-to-do", fails: false, reason: "no file of this change has text to review" };
  if (reviewed === 0)
    return { conclusion: "failure", fails: true, reason: `none of ${files(wanted)} could be reviewed` };
  const blocking = parts.findings.filter((finding) => reaches(finding, failOn)).length;
  const incomplete = isIncomplete(parts);
  if (blocking > 0) {
    const and = incomplete ? ", and the review is incomplete" : "";
    const noun = blocking === 1 ? "finding reaches" : "findings reach";
    return { conclusion: "failure", fails: true, reason: `${blocking} ${noun} the fail-on level (${failOn})${and}` };
  }
  if (incomplete) {
    const full = count("reviewed");
    return { conclusion: "partial", fails: failOn !== "never", reason: `${files(full)} of ${wanted} reviewed in full` };
  }
  return { conclusion: "success", fails: false, reason: `${files(reviewed)} of ${wanted} reviewed` };
}

/**
 * Whether something that was to be reviewed was not, or not in full, whatever was found. A finding without a verdict says so itself and leaves
 * nothing unread.
 */
export function isIncomplete(parts: Pick<RunParts, "coverage" | "subtasks" | "unlistedFiles">): boolean {
  return (
    parts.unlistedFiles > 0 ||
    parts.coverage.some(({ status }) => status === "partial" || status === "failed") ||
    parts.subtasks.some((subtask) => subtask.status !== "done" && phaseOf(subtask) !== "verifier")
  );
}

function reaches(finding: RunParts["findings"][number], failOn: FailOn): boolean {
  if (failOn === "never" || failOn === "incomplete") return false;
  return isOpen(finding) && compareSeverity(finding.severity, failOn) <= 0;
}

function files(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}
