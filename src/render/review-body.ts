import { isOpen } from "../domain/finding.ts";
import type { Report } from "../domain/report.ts";
import { SEVERITIES } from "../domain/severity.ts";
import { coverageTable } from "./coverage-table.ts";
import { BODY_LIMIT, firstThatFits } from "./cut-markdown.ts";
import { counted, dollars } from "./figures.ts";
import { findingSections, foldedFindings, isStillOpen } from "./finding-sections.ts";
import { folded } from "./folded.ts";
import { costText, speedText } from "./footer.ts";
import { headline, looksIncomplete } from "./headline.ts";
import { inlineText } from "./neutralize.ts";
import { phaseTable } from "./phase-table.ts";
import type { Surroundings } from "./place-link.ts";
import { printRecord } from "./record-mark.ts";
import { severityLabel } from "./severity-label.ts";

const CUT = "_Cut to fit GitHub's limit for comments. Everything is in `findings.json` of this run._";

/** A coverage table with more rows than this is folded. */
const OPEN_ROWS = 8;

/** How much of each part is shown; from full to short. */
type Detail = { readonly full: boolean; readonly folded: boolean; readonly rows: number };
const DETAILS: readonly Detail[] = [
  { full: true, folded: true, rows: 300 },
  { full: true, folded: true, rows: 50 },
  { full: true, folded: false, rows: 20 },
  { full: false, folded: false, rows: 10 },
];

/**
 * The body of the one review: what was read, what was found, every finding that has no comment of its own, and what is
 * missing. Too long a body is cut in steps, least important first, and says so. At most BODY_LIMIT code units; the last line
 * holds what later commands need, hidden.
 */
export function reviewBody(report: Report, where: Surroundings): string {
  const hidden = printRecord(report.findings, missingPaths(report));
  const versions = DETAILS.map((detail, index) => () => {
    const text = bodyWith(report, where, detail);
    return index === 0 ? text : `${text}\n\n${CUT}`;
  });
  return `${firstThatFits(versions, BODY_LIMIT - hidden.length - 2, CUT)}\n\n${hidden}`;
}

/** What every reader must see: that the run is incomplete, and the notes of the run. "" when all is well. */
export function noticeOf(report: Report): string {
  const notes = report.notes.map((note) => `> - ${inlineText(note, 500)}`);
  if (looksIncomplete(report) || report.conclusion === "failure") {
    const missing = report.coverage.filter((entry) => entry.status === "failed" || entry.status === "partial").length;
    const what = missing > 0 ? `**This review is incomplete:** ${counted(missing, "file")} not reviewed in full.` : "";
    const lead = what || (looksIncomplete(report) ? "**This review is incomplete.**" : "");
    if (lead !== "") return ["> [!WARNING]", `> ${lead}`, ...notes].join("\n");
  }
  return notes.length === 0 ? "" : ["> [!NOTE]", ...notes].join("\n");
}

function bodyWith(report: Report, where: Surroundings, detail: Detail): string {
  const open = report.findings.filter(isOpen);
  const inline = open.filter((finding) => finding.placement === "inline").length;
  const again = open.filter(isStillOpen).length;
  const numbers = [
    ...(inline === 0 ? [] : [` ${inline === 1 ? "One is" : `${inline} are`} on the changed lines.`]),
    ...(again === 0 ? [] : [` ${again === 1 ? "One is" : `${again} are`} still open from earlier reviews.`]),
  ];
  return [
    `**${headline(report)}.**${numbers.join("")}`,
    noticeOf(report),
    severityTable(report),
    ...findingSections(report, where, detail.full, false),
    ...(detail.folded ? foldedFindings(report, where, false) : []),
    coverageBlock(report, detail.rows),
    costBlock(report),
    footer(report, where),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** What was to be read and was not, or not in full: the files that `retry` reads. */
function missingPaths(report: Report): readonly string[] {
  return report.coverage.flatMap(({ path, status }) => (status === "failed" || status === "partial" ? [path] : []));
}

function severityTable(report: Report): string {
  const shown = report.findings.filter(isOpen);
  if (shown.length < 2) return "";
  const hasEarlier = shown.some(isStillOpen);
  const rows = SEVERITIES.flatMap((severity) => {
    const these = shown.filter((finding) => finding.severity === severity);
    const inline = these.filter((finding) => finding.placement === "inline").length;
    const again = these.filter(isStillOpen).length;
    const cells = [inline, these.length - inline - again, ...(hasEarlier ? [again] : [])];
    return these.length === 0 ? [] : [`| ${severityLabel(severity)} | ${cells.join(" | ")} |`];
  });
  const earlier = hasEarlier ? [" Still open |", " ---: |"] : ["", ""];
  return [`| Severity | On lines | In this text |${earlier[0]}`, `| :--- | ---: | ---: |${earlier[1]}`, ...rows].join(
    "\n",
  );
}

function coverageBlock(report: Report, rows: number): string {
  const table = coverageTable(report.coverage, rows);
  if (table === "") return "";
  const title = `Coverage: ${counted(report.coverage.length, "file")}`;
  return report.coverage.length <= OPEN_ROWS && looksIncomplete(report)
    ? `### ${title}\n\n${table}`
    : folded(title, table);
}

/** "" when no model was asked, or only for one thing. */
function costBlock(report: Report): string {
  const table = report.costUsd === 0 ? "" : phaseTable(report);
  return table === "" ? "" : folded(`Cost by phase: ${dollars(report.costUsd)}`, table);
}

function footer(report: Report, where: Surroundings): string {
  const run = where.runUrl === undefined ? "" : ` · [run](${where.runUrl})`;
  const text = `engine ${report.engine} · ${speedText(report)} · ${costText(report)}${run}`;
  return `<sub>parallel-review · ${text} · comments by a machine: check before you apply</sub>`;
}
