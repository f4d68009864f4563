import { type Finding, isOpen } from "../domain/finding.ts";
import type { Report } from "../domain/report.ts";
import { SEVERITIES } from "../domain/severity.ts";
import { coverageTable } from "./coverage-table.ts";
import { BODY_LIMIT, firstThatFits } from "./cut-markdown.ts";
import { codeSpan, fence } from "./fence.ts";
import { counted, dollars } from "./figures.ts";
import { agreementText, findingText, verificationText } from "./finding-comment.ts";
import { costText, speedText } from "./footer.ts";
import { headline, looksIncomplete } from "./headline.ts";
import { neutralizeBlock } from "./neutralize-code.ts";
import { inlineText } from "./neutralize.ts";
import { phaseTable } from "./phase-table.ts";
import { placeLink } from "./place-link.ts";
import type { Surroundings } from "./place-link.ts";
import { printRecord } from "./record-mark.ts";
import { severityLabel } from "./severity-label.ts";

const CUT = "_Cut to fit GitHub's limit for comments. Everything is in `findings.json` of this run._";

/** A coverage table with more rows than this is folded. */
const OPEN_ROWS = 8;

/** Lines of code that tell a reader what a finding is about. */
const MAX_EXCERPT = 8;

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

/** The findings in sections by where they stand: on lines first (only when `withInline`), then by the reason for being here. */
export function findingSections(
  report: Report,
  where: Surroundings,
  full: boolean,
  withInline: boolean,
): readonly string[] {
  const shown = report.findings.filter(isOpen);
  const inline = shown.filter((finding) => finding.placement === "inline");
  const others = Map.groupBy(
    shown.filter((finding) => finding.placement !== "inline"),
    (finding) => finding.placementReason ?? "no line to show it on",
  );
  const section = (title: string, findings: readonly Finding[]): string =>
    [`### ${title}`, ...findings.map((finding) => findingEntry(finding, report, where, full))].join("\n\n");
  return [
    ...(withInline && inline.length > 0 ? [section("On changed lines", inline)] : []),
    ...[...others].map(([reason, findings]) => section(`Here because ${reason}`, findings)),
  ];
}

/** Findings about older code, those a second look refuted and those that somebody ignored, folded. "" when there are none. */
export function foldedFindings(report: Report, where: Surroundings, full: boolean): readonly string[] {
  const refuted = report.findings.filter((finding) => finding.verdict === "refuted" && finding.ignored === undefined);
  const ignored = report.findings.filter((finding) => finding.ignored !== undefined);
  const older = report.findings.filter(
    (finding) => finding.verdict !== "refuted" && finding.scope === "pre-existing" && finding.ignored === undefined,
  );
  const entries = (findings: readonly Finding[]): string =>
    findings.map((finding) => findingEntry(finding, report, where, full)).join("\n\n");
  return [
    ...(older.length > 0
      ? [folded(`${counted(older.length, "finding")} in code that this change does not touch`, entries(older))]
      : []),
    ...(refuted.length > 0
      ? [folded(`${counted(refuted.length, "claim")} that a second look did not confirm`, entries(refuted))]
      : []),
    ...(ignored.length > 0
      ? [folded(`${counted(ignored.length, "finding")} ignored on this pull request`, entries(ignored))]
      : []),
  ];
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

/** A block that readers open. `summary` is our own text, without HTML. */
export function folded(summary: string, text: string): string {
  return `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

function bodyWith(report: Report, where: Surroundings, detail: Detail): string {
  const inline = report.findings.filter(isOpen).filter((finding) => finding.placement === "inline").length;
  const below = inline === 0 ? "" : ` ${inline === 1 ? "One is" : `${inline} are`} on the changed lines.`;
  return [
    `**${headline(report)}.**${below}`,
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

function findingEntry(finding: Finding, report: Report, where: Surroundings, full: boolean): string {
  const title = `${severityLabel(finding.severity)}: ${inlineText(finding.title)}`;
  const id = codeSpan(finding.id);
  const place = placeLink(finding, report.target, where);
  if (!full) {
    return `- ${id} **${title}** at ${place}, ${agreementText(finding)}${asideOf(finding)}`;
  }
  return [
    `#### ${title}\n\n${id} ${place}, ${agreementText(finding)}`,
    ...excerpt(finding),
    ...findingText(finding, ""),
    ...verificationText(finding),
  ].join("\n\n");
}

/** Why the finding is only listed: who ignores it, or what the second look said. */
function asideOf({ ignored, verdict, verification = "" }: Finding): string {
  if (ignored !== undefined) {
    const reason = ignored.reason === "" ? "no reason given" : inlineText(ignored.reason);
    return `. Ignored by ${inlineText(ignored.by)}: ${reason}`;
  }
  const why = verdict === "refuted" ? inlineText(verification, 300) : "";
  return why === "" ? "" : `. A second look: ${why}`;
}

/** What was to be read and was not, or not in full: the files that `retry` reads. */
function missingPaths(report: Report): readonly string[] {
  return report.coverage.flatMap(({ path, status }) => (status === "failed" || status === "partial" ? [path] : []));
}

/** The code that the finding is about, for readers who do not have its lines in view. */
function excerpt(finding: Finding): readonly string[] {
  if (finding.quote.trim() === "") return [];
  const lines = finding.quote.replace(/\n+$/, "").split("\n");
  const more = lines.length > MAX_EXCERPT ? `\n… ${counted(lines.length - MAX_EXCERPT, "more line")}` : "";
  return [fence(`${neutralizeBlock(lines.slice(0, MAX_EXCERPT).join("\n"))}${more}`, languageOf(finding.path))];
}

/** The ending of the file's name: GitHub knows languages by it too. */
function languageOf(path: string): string {
  return /\.([A-Za-z0-9]{1,10})$/.exec(path)?.[1]?.toLowerCase() ?? "";
}

function severityTable(report: Report): string {
  const shown = report.findings.filter(isOpen);
  if (shown.length < 2) return "";
  const rows = SEVERITIES.flatMap((severity) => {
    const these = shown.filter((finding) => finding.severity === severity);
    const inline = these.filter((finding) => finding.placement === "inline").length;
    return these.length === 0 ? [] : [`| ${severityLabel(severity)} | ${inline} | ${these.length - inline} |`];
  });
  return ["| Severity | On lines | In this text |", "| :--- | ---: | ---: |", ...rows].join("\n");
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
