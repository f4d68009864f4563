import type { Report } from "../domain/report.ts";
import { jobSummary } from "../render/job-summary.ts";
import { sarifLog } from "../render/sarif.ts";
import { terminalReport } from "../render/terminal-report.ts";
import type { OutputFormat } from "./option-values.ts";
import { VERSION } from "./version.ts";

/** The report as text in one of the formats that people ask for; ends with a line end. */
export function formatReport(report: Report, format: OutputFormat, columns?: number): string {
  switch (format) {
    case "text":
      return `${terminalReport(report, columns)}\n`;
    case "markdown":
      return `${jobSummary(report, {})}\n`;
    case "json":
      return `${JSON.stringify(report, null, 2)}\n`;
    case "sarif":
      return `${JSON.stringify(sarifLog(report, { version: VERSION }), null, 2)}\n`;
    default:
      return format satisfies never;
  }
}
