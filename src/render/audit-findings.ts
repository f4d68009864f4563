import type { Standing } from "../domain/compare-ledger.ts";
import { extensionOf } from "../domain/path-parts.ts";
import { SEVERITIES } from "../domain/severity.ts";
import { fence } from "./fence.ts";
import { counted } from "./figures.ts";
import { neutralizeBlock } from "./neutralize-code.ts";
import { inlineText, neutralize } from "./neutralize.ts";
import { placeLink, type Surroundings } from "./place-link.ts";
import { severityLabel } from "./severity-label.ts";

/** What links are made with. */
type Links = Surroundings & { readonly head: string };

/** Lines of code that are shown of one issue. */
const MAX_CODE_LINES = 14;
/** Issues of one type that are shown with their code; the rest is listed by place. */
const MAX_SHOWN = 60;
const MAX_LISTED = 400;

/**
 * The issues of one type: those that say the same thing stand under one heading, with each place, its code and since when it is
 * known. Beyond `MAX_SHOWN` only places are listed, and beyond `MAX_LISTED` they are counted.
 */
export function auditFindings(standings: readonly Standing[], links: Links): string {
  const shown = [...Map.groupBy(standings.slice(0, MAX_SHOWN), sayingOf).values()].map((group) =>
    groupText(group, links),
  );
  const listed = standings.slice(MAX_SHOWN, MAX_LISTED);
  const rest = standings.length - MAX_LISTED;
  return [
    ...shown,
    ...(listed.length === 0
      ? []
      : [`<details><summary>${counted(listed.length, "more place")}</summary>`, list(listed, links), "</details>"]),
    ...(rest > 0 ? [`And ${rest} more, which are in findings.json and the ledger.`] : []),
  ].join("\n\n");
}

/** Findings with the same severity, title and scenario are explained once. */
function sayingOf({ finding }: Standing): string {
  return JSON.stringify([SEVERITIES.indexOf(finding.severity), finding.title, finding.failureScenario]);
}

function groupText(group: readonly Standing[], links: Links): string {
  const [first] = group;
  if (first === undefined) return "";
  const { finding } = first;
  const [shared = [], ...others] = group.map((each) => paragraphs(each.finding.detail));
  const common = shared.filter((paragraph) => others.every((other) => other.includes(paragraph)));
  const count = group.length === 1 ? "" : ` (${group.length} places)`;
  return [
    `### ${severityLabel(finding.severity)}: ${inlineText(finding.title)}${count}`,
    ...(common.length === 0 ? [] : [neutralize(common.join("\n\n"))]),
    ...(finding.failureScenario === "" ? [] : [`**When it shows:** ${neutralize(finding.failureScenario)}`]),
    ...group.map((standing) => placeText(standing, links, common)),
  ].join("\n\n");
}

/** `explained` are the paragraphs of its detail that stand above already. */
function placeText(standing: Standing, links: Links, explained: readonly string[]): string {
  const { finding } = standing;
  const own = paragraphs(finding.detail).filter((paragraph) => !explained.includes(paragraph));
  return [
    `${placeLink(finding, { base: links.head, head: links.head }, links)} ${stateText(standing)}`,
    ...(own.length === 0 ? [] : [neutralize(own.join("\n\n"))]),
    ...(finding.quote === "" ? [] : [codeBlock(finding.quote, finding.path)]),
    ...(finding.suggestion === undefined ? [] : ["Instead:", codeBlock(finding.suggestion, finding.path)]),
  ].join("\n\n");
}

/** Cut at blank lines outside of code blocks. */
function paragraphs(text: string): readonly string[] {
  return text.includes("```") || text.includes("~~~")
    ? [text]
    : text.split(/\n{2,}/).filter((part) => part.trim() !== "");
}

function list(standings: readonly Standing[], links: Links): string {
  return standings
    .map(
      (standing) =>
        `- ${placeLink(standing.finding, { base: links.head, head: links.head }, links)} ${standing.finding.severity}, ${inlineText(standing.finding.title, 120)} ${stateText(standing)}`,
    )
    .join("\n");
}

/** `· **new** · id`, or since when it is known. */
function stateText({ state, issue, finding, acceptance }: Standing): string {
  const expired = state !== "accepted" && acceptance !== undefined ? ", its acceptance has expired" : "";
  const since = state === "new" ? "**new**" : `since ${issue.firstSeen.date}${expired}`;
  const agreement = finding.agreement.of > 1 ? ` · found by ${finding.agreement.found} of ${finding.agreement.of}` : "";
  const second = { confirmed: " · confirmed by a second reader", plausible: " · plausible to a second reader" };
  const verdict = finding.verdict === "confirmed" || finding.verdict === "plausible" ? second[finding.verdict] : "";
  return `· ${since}${agreement}${verdict} · \`${issue.id}\``;
}

function codeBlock(code: string, path: string): string {
  const language = extensionOf(path);
  return fence(neutralizeBlock(codeOf(code)), /^[a-z0-9]+$/.test(language) ? language : "");
}

/** The code without the indentation that all its lines share, cut where it gets long. */
function codeOf(quote: string): string {
  const lines = quote.replaceAll("\t", "  ").split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  const shown = lines.slice(0, MAX_CODE_LINES).map((line) => line.slice(indent).slice(0, 300));
  return [
    ...shown,
    ...(lines.length > MAX_CODE_LINES ? [`… ${counted(lines.length - MAX_CODE_LINES, "more line")}`] : []),
  ].join("\n");
}
