import { type Finding, isOpen } from "../domain/finding.ts";
import type { Report } from "../domain/report.ts";
import { codeSpan, fence } from "./fence.ts";
import { counted } from "./figures.ts";
import { agreementText, findingText, verificationText } from "./finding-comment.ts";
import { folded } from "./folded.ts";
import { neutralizeBlock, neutralizeCode } from "./neutralize-code.ts";
import { inlineText } from "./neutralize.ts";
import { placeLink } from "./place-link.ts";
import type { Surroundings } from "./place-link.ts";
import { severityLabel } from "./severity-label.ts";

/** Lines of code that tell a reader what a finding is about. */
const MAX_EXCERPT = 8;

/**
 * The findings in sections by where they stand: on lines first (only when `withInline`), then by the reason for being here; those that
 * an earlier review's comment shows are only listed.
 */
export function findingSections(
  report: Report,
  where: Surroundings,
  full: boolean,
  withInline: boolean,
): readonly string[] {
  const shown = report.findings.filter(isOpen);
  const inline = shown.filter((finding) => finding.placement === "inline");
  const again = shown.filter(isStillOpen);
  const others = Map.groupBy(
    shown.filter((finding) => finding.placement !== "inline" && finding.earlier === undefined),
    (finding) => finding.placementReason ?? "no line to show it on",
  );
  const section = (title: string, findings: readonly Finding[]): string =>
    [`### ${title}`, ...findings.map((finding) => findingEntry(finding, report, where, full))].join("\n\n");
  return [
    ...(withInline && inline.length > 0 ? [section("On changed lines", inline)] : []),
    ...[...others].map(([reason, findings]) => section(`Here because ${reason}`, findings)),
    ...(again.length > 0 ? [listed(`Still open from earlier reviews: ${again.length}`, again, report, where)] : []),
    ...fixedSection(report),
  ];
}

/** Findings about older code, those a second look refuted and those that somebody put away, folded. "" when there are none. */
export function foldedFindings(report: Report, where: Surroundings, full: boolean): readonly string[] {
  const refuted = report.findings.filter((finding) => finding.verdict === "refuted" && finding.ignored === undefined);
  const ignored = report.findings.filter((finding) => finding.ignored !== undefined);
  const older = report.findings.filter(
    (finding) => finding.verdict !== "refuted" && finding.scope === "pre-existing" && finding.ignored === undefined,
  );
  const resolved = report.findings.filter((finding) => isOpen(finding) && finding.earlier?.isResolved === true);
  const entries = (findings: readonly Finding[]): string =>
    findings.map((finding) => findingEntry(finding, report, where, full)).join("\n\n");
  return [
    ...(older.length > 0
      ? [folded(`${counted(older.length, "finding")} in code that this change does not touch`, entries(older))]
      : []),
    ...(refuted.length > 0
      ? [folded(`${counted(refuted.length, "claim")} that a second look did not confirm`, entries(refuted))]
      : []),
    ...(resolved.length > 0
      ? [
          folded(
            `${counted(resolved.length, "finding")} whose conversation the author resolved: still there, and counted`,
            resolved.map((finding) => findingEntry(finding, report, where, false)).join("\n\n"),
          ),
        ]
      : []),
    ...(ignored.length > 0
      ? [folded(`${counted(ignored.length, "finding")} ignored on this pull request`, entries(ignored))]
      : []),
  ];
}

/** Whether it is shown by the comment of an earlier review, whose conversation goes on. */
export function isStillOpen({ earlier, placement }: Finding): boolean {
  return earlier?.isResolved === false && placement !== "inline";
}

function listed(title: string, findings: readonly Finding[], report: Report, where: Surroundings): string {
  return [`### ${title}`, findings.map((finding) => findingEntry(finding, report, where, false)).join("\n")].join(
    "\n\n",
  );
}

/** What went since the last review, a line each. */
function fixedSection({ fixed = [] }: Report): readonly string[] {
  const lines = fixed.map(
    ({ severity, title, path, url }) =>
      `- **${severityLabel(severity)}: ${inlineText(title)}** in ${codeSpan(neutralizeCode(path))}, [comment](${url})`,
  );
  return lines.length === 0 ? [] : [`### Fixed since the last review: ${lines.length}\n\n${lines.join("\n")}`];
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

/** Why the finding is only listed: who ignores it, where its comment is, or what the second look said. */
function asideOf({ ignored, earlier, verdict, verification = "" }: Finding): string {
  if (ignored !== undefined) {
    const reason = ignored.reason === "" ? "no reason given" : inlineText(ignored.reason);
    return `. Ignored by ${inlineText(ignored.by)}: ${reason}`;
  }
  const why = verdict === "refuted" ? inlineText(verification, 300) : "";
  const said = why === "" ? "" : `. A second look: ${why}`;
  return earlier === undefined ? said : `${said}. [Comment](${earlier.url})`;
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
