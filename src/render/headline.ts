import { isIncomplete } from "../domain/conclude.ts";
import { isOpen } from "../domain/finding.ts";
import type { Report } from "../domain/report.ts";
import { counted } from "./figures.ts";
import { severityCounts } from "./severity-label.ts";

/** Whether files are missing that were to be reviewed; also true for a run that failed or was cancelled. */
export function looksIncomplete(report: Report): boolean {
  const { conclusion } = report;
  return conclusion === "partial" || conclusion === "cancelled" || isIncomplete({ ...report, unlistedFiles: 0 });
}

/** One sentence without Markdown: `Reviewed 12 of 14 files; 3 findings (1 critical, 2 high)`. Says what is missing. */
export function headline(report: Report): string {
  const count = (...statuses: readonly string[]): number =>
    report.coverage.filter((entry) => statuses.includes(entry.status)).length;
  const total = report.coverage.length;
  const reviewed = count("reviewed");
  if (report.conclusion === "nothing-to-do") {
    return total === 0
      ? "Nothing to review: no file changed"
      : `Nothing to review: ${counted(total, "changed file")}, none with text to review`;
  }
  const findings = report.findings.filter(isOpen);
  const found =
    findings.length === 0 ? "no findings" : `${counted(findings.length, "finding")} (${severityCounts(findings)})`;
  const gaps = [
    [count("partial"), "only in part"],
    [count("failed"), "not reviewed"],
    [count("skipped"), "skipped on purpose"],
  ] as const;
  const missing = gaps.flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`]));
  const start = report.conclusion === "cancelled" ? "Cancelled. Reviewed" : "Reviewed";
  return `${start} ${reviewed} of ${counted(total, "file")}${missing.length === 0 ? "" : ` (${missing.join(", ")})`}; ${found}`;
}
