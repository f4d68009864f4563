import type { EditLog } from "./edit-log.ts";
import type { Finding } from "./finding.ts";
import type { FindingFate } from "./fix-order.ts";
import type { RefactorPlan } from "./plan-refactor.ts";
import type { RepoPath } from "./repo-path.ts";
import type { Conclusion, Report, ReportedSubtask } from "./report.ts";
import type { Schedule } from "./schedule.ts";
import { compareSeverity } from "./severity.ts";
import type { Usage } from "./usage.ts";

/** What a writer says of one file it changed: for people, and written by a model where one wrote. */
export type FileSummary = {
  readonly path: RepoPath;
  readonly what: string;
  readonly why: string;
  /** Whether callers or users can tell the difference. */
  readonly behaviour: "same" | "changed" | "not-judged";
  /** What a reviewer should look at; "" for nothing. */
  readonly risk: string;
};

/** A file that is part of the change. */
export type ChangedByRefactor = FileSummary & {
  readonly kind: "create" | "modify" | "delete";
  readonly subtaskId: string;
  readonly additions: number;
  readonly deletions: number;
  /** A protected file or an executable, which a person named in the request. */
  readonly isProtected: boolean;
  /** What is unusual about the edit, one short sentence each. */
  readonly warnings: readonly string[];
};

/**
 * A selected file that is not part of the change, and why: its writer left it as it is (`skipped`), or could not do it (`failed`).
 * `complaint` is what the check printed about it: data, never posted as it is.
 */
export type LeftOut = {
  readonly path: RepoPath;
  readonly status: "skipped" | "failed";
  readonly reason: string;
  readonly complaint?: string;
};

/** A finding that was to be fixed, and what became of it. */
export type FixedFinding = { readonly finding: Finding } & Pick<FindingFate, "fixed" | "reason">;

/** How the whole change was checked. `runs` counts the checks that it took to find out. */
export type Verification =
  | {
      /** `no-worse`: the check fails on the base already, and says nothing new about the change. That is less than passing. */
      readonly status: "passed" | "no-worse";
      readonly isolation: string;
      readonly wallMs: number;
      readonly runs: number;
      readonly notes: readonly string[];
    }
  | { readonly status: "not-configured" }
  | { readonly status: "unavailable"; readonly reason: string };

/** What those came to who looked at the whole change without having written it. */
export type ChangeReview =
  | { readonly status: "done"; readonly report: Report }
  | { readonly status: "failed"; readonly reason: string };

/** What a refactor came to. Every selected path is in `changed`, `leftOut` or the plan's `skipped`, and created ones are in `changed`. */
export type RefactorResult = {
  readonly goal: string;
  readonly engine: "claude" | "rules";
  readonly plan: RefactorPlan;
  /** Everything that is proposed, against the base. */
  readonly edits: EditLog;
  /** In the order to review them. */
  readonly changed: readonly ChangedByRefactor[];
  /** In plan order. */
  readonly leftOut: readonly LeftOut[];
  /** All findings that were to be fixed, in the order of their report; empty when nothing of the kind was asked for. */
  readonly fixes: readonly FixedFinding[];
  readonly verification: Verification;
  /** Absent when nobody was asked, or there was nothing to look at. */
  readonly review?: ChangeReview;
  /** Of the writers. */
  readonly schedule: Schedule;
  /** Every writer, in plan order, then those that were asked a second time. */
  readonly subtasks: readonly ReportedSubtask[];
  readonly usage: Usage;
  readonly costUsd: number;
  readonly conclusion: Conclusion;
  readonly notes: readonly string[];
};

/** Findings on changed lines that are high or worse, and that a second mind has confirmed or a rule reports: nobody should merge over them. */
export function severeFindings(review: ChangeReview | undefined): readonly Finding[] {
  if (review?.status !== "done") return [];
  return review.report.findings.filter(
    ({ scope, severity, verdict, source }) =>
      scope === "introduced" &&
      compareSeverity(severity, "high") <= 0 &&
      (verdict === "confirmed" || (source === "rule" && verdict !== "refuted")),
  );
}
