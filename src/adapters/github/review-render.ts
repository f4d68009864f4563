import type { Finding } from "../../domain/finding.ts";
import type { Conclusion, Report } from "../../domain/report.ts";
import type { RunStatus } from "./run-status.ts";

/** One remark of a check run. Lines are 1-based and inclusive, in the head version. */
export type Annotation = {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: "notice" | "warning" | "failure";
  readonly title: string;
  readonly message: string;
};

export type CheckOutput = {
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
};

/** The texts that are posted. Pure functions of the render room, passed in. */
export type ReviewRender = {
  /** Everything that is not in an inline comment: each finding whose placement is not `inline` stands in it, in full. */
  reviewBody(report: Report): string;
  /** Body of one inline comment. */
  findingComment(finding: Finding): string;
  statusComment(status: RunStatus): string;
  checkOutput(report: Report): CheckOutput;
};

export type CheckConclusion = "success" | "neutral" | "failure" | "cancelled";

/** What the check says for a run's conclusion: green only for a complete run that did not fail. */
export const CHECK_CONCLUSIONS: Readonly<Record<Conclusion, CheckConclusion>> = {
  success: "success",
  partial: "neutral",
  failure: "failure",
  cancelled: "cancelled",
  "nothing-to-do": "neutral",
};
