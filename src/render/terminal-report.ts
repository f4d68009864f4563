import { type Finding, isOpen } from "../domain/finding.ts";
import type { Report } from "../domain/report.ts";
import { showInvisible } from "../domain/visible-text.ts";
import { counted } from "./figures.ts";
import { agreementText } from "./finding-comment.ts";
import { costText, speedText } from "./footer.ts";
import { headline, looksIncomplete } from "./headline.ts";
import { logSafe, logSafeLines } from "./log-safe.ts";
import { placeText } from "./place-link.ts";

/** More lines of code than this say nothing more about where it is. */
const MAX_QUOTE = 12;

/** The report for a terminal or a log: plain text without colours, wrapped at `width` columns, safe to print. No line break at the end. */
export function terminalReport(report: Report, width = 100): string {
  const parts = [
    ...group("", report.findings.filter(isOpen), width),
    ...group("In code that this change does not touch:", older(report), width),
    ...missing(report),
    ...report.notes.map((note) => wrapped(`note: ${note}`, width, "")),
    [headline(report), `${speedText(report)}; ${costText(report)}; engine ${report.engine}`].map(logSafe).join("\n"),
  ];
  return parts.join("\n\n");
}

function older(report: Report): readonly Finding[] {
  return report.findings.filter(
    ({ scope, verdict, ignored }) => scope === "pre-existing" && verdict !== "refuted" && ignored === undefined,
  );
}

function group(title: string, findings: readonly Finding[], width: number): readonly string[] {
  if (findings.length === 0) return [];
  return [...(title === "" ? [] : [title]), ...findings.map((finding) => entry(finding, width))];
}

function entry(finding: Finding, width: number): string {
  const quote = showInvisible(finding.quote).split("\n");
  const code = finding.quote === "" ? [] : quote.slice(0, MAX_QUOTE).map((line) => `    | ${logSafe(line)}`);
  const more = quote.length > MAX_QUOTE ? [`    | … ${counted(quote.length - MAX_QUOTE, "more line")}`] : [];
  return [
    logSafe(`${placeText(finding)}  ${finding.severity}  ${finding.title}`),
    ...code,
    ...more,
    ...(finding.detail === "" ? [] : [wrapped(finding.detail, width, "    ")]),
    ...(finding.failureScenario === "" ? [] : [wrapped(`When it shows: ${finding.failureScenario}`, width, "    ")]),
    ...(finding.suggestion === undefined ? [] : ["    Suggestion:", ...suggestionLines(finding.suggestion)]),
    ...(finding.verification === undefined
      ? []
      : [wrapped(`A second look says ${finding.verdict}: ${finding.verification}`, width, "    ")]),
    wrapped(`${finding.id}, ${finding.category}, ${agreementText(finding).replaceAll("`", "")}`, width, "    "),
  ].join("\n");
}

function suggestionLines(suggestion: string): readonly string[] {
  return showInvisible(suggestion)
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => `    > ${logSafe(line)}`);
}

function missing(report: Report): readonly string[] {
  if (!looksIncomplete(report)) return [];
  const entries = report.coverage.filter((each) => each.status === "failed" || each.status === "partial");
  const lines = entries.map(
    (each) => `    ${each.path}: ${each.status}${each.reason === undefined ? "" : `, ${each.reason}`}`,
  );
  return [["INCOMPLETE: not everything was reviewed.", ...lines].map(logSafe).join("\n")];
}

/** Paragraphs at most `width` columns wide, every line indented; a word that is longer stays whole. */
function wrapped(text: string, width: number, indent: string): string {
  return logSafeLines(showInvisible(text).trim())
    .split("\n")
    .map((paragraph) => wrapParagraph(paragraph, width, indent))
    .join("\n");
}

function wrapParagraph(paragraph: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => (each === "" ? "" : indent + each)).join("\n");
}
