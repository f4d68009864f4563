import type { FixedFinding } from "../domain/refactor-result.ts";
import { inlineText, tableCell } from "./neutralize.ts";
import { pathText } from "./path-text.ts";
import { severityLabel } from "./severity-label.ts";

/** The section that says what became of the findings that were to be fixed; empty when there were none. */
export function fixesSection(fixes: readonly FixedFinding[], limit: number): readonly string[] {
  if (fixes.length === 0) return [];
  const rows = fixes.slice(0, limit).map(({ finding, fixed, reason }) => {
    const place = pathText(`${finding.path}:${finding.startLine}`).replaceAll("|", "\\|");
    const fate = fixed ? "fixed" : `**not fixed:** ${tableCell(reason, 400)}`;
    return `| ${inlineText(finding.id, 20)} | ${severityLabel(finding.severity)} | ${place} | ${tableCell(finding.title, 200)} | ${fate} |`;
  });
  if (fixes.length > rows.length) rows.push(`| … and ${fixes.length - rows.length} more | | | | |`);
  return [
    "### The findings",
    `| Id | Severity | Place | What | Outcome |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}`,
  ];
}
