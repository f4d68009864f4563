import type { Finding } from "../../domain/finding.ts";
import type { Conclusion, Report } from "../../domain/report.ts";
import type { CheckOutput } from "../../render/check-output.ts";
import type { RunStatus } from "../../render/run-status.ts";

/** How a run ended, as far as its report does not tell: neither while it goes on. */
export type RunEnd = { readonly reviewUrl?: string; readonly abandoned?: string };

/** The texts that are posted, each within 60,000 code units. Pure functions of the render room, passed in. */
export type ReviewRender = {
  /** Everything that is not in an inline comment: each finding whose placement is not `inline` stands in it. */
  reviewBody(report: Report): string;
  /** Body of one inline comment. */
  findingComment(finding: Finding): string;
  statusComment(status: RunStatus, end: RunEnd): string;
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
