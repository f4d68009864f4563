import type { ConcludedAudit } from "../flow/conclude-audit.ts";
import { auditMarkdown } from "../render/audit-markdown.ts";
import type { Surroundings } from "../render/place-link.ts";
import { formatReport } from "./format-report.ts";
import type { OutputFormat } from "./option-values.ts";

/** A whole audit as text in one of the formats that people ask for; ends with a line end. */
export function formatAudit(
  { report, comparison }: Pick<ConcludedAudit, "report" | "comparison">,
  format: OutputFormat,
  columns?: number,
  where: Surroundings = {},
): string {
  return format === "markdown" ? auditMarkdown(report, comparison, where) : formatReport(report, format, columns);
}
