import type { CoverageEntry } from "../domain/coverage.ts";
import { codeSpan } from "./fence.ts";
import { counted } from "./figures.ts";
import { neutralizeCode } from "./neutralize-code.ts";
import { tableCell } from "./neutralize.ts";

const ORDER: readonly CoverageEntry["status"][] = ["failed", "partial", "skipped", "reviewed"];

const NAMES: Readonly<Record<CoverageEntry["status"], string>> = {
  failed: "❌ not reviewed",
  partial: "⚠️ in part",
  skipped: "➖ skipped",
  reviewed: "✅ reviewed",
};

/**
 * What was read and what was not, as a table: what is missing comes first, `limit` rows at most, the rest counted by status.
 * "" when nothing changed.
 */
export function coverageTable(coverage: readonly CoverageEntry[], limit: number): string {
  if (coverage.length === 0) return "";
  const sorted = coverage.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const rows = sorted.slice(0, limit).map(row);
  const rest = ORDER.flatMap((status) => {
    const count = sorted.slice(limit).filter((entry) => entry.status === status).length;
    return count === 0 ? [] : [`| … | ${NAMES[status]} | and ${counted(count, "more file")} |`];
  });
  return ["| File | Review | Why, or who read it |", "| --- | --- | --- |", ...rows, ...rest].join("\n");
}

function row(entry: CoverageEntry): string {
  const path = codeSpan(neutralizeCode(entry.path)).replaceAll("|", "\\|");
  const readers =
    entry.subtasks.length > 6
      ? `${entry.subtasks.length} subtasks`
      : entry.subtasks.map((id) => codeSpan(id)).join(" ");
  return `| ${path} | ${NAMES[entry.status]} | ${entry.reason === undefined ? readers : tableCell(entry.reason)} |`;
}
