import type { Finding } from "../domain/finding.ts";
import type { ChangeReview } from "../domain/refactor-result.ts";
import { counted } from "./figures.ts";
import { inlineText } from "./neutralize.ts";
import { pathText } from "./path-text.ts";
import { severityLabel } from "./severity-label.ts";

const VERDICTS: Readonly<Record<Finding["verdict"], string>> = {
  confirmed: "**confirmed** by a second one",
  plausible: "plausible to a second one",
  refuted: "refuted by a second one",
  unverified: "",
};

/** The section on what those found who looked at the whole change without having written it; empty when nobody was asked to. */
export function reviewSection(review: ChangeReview | undefined, limit: number): readonly string[] {
  if (review === undefined) return [];
  const title = "### What fresh eyes see";
  if (review.status === "failed") {
    return [title, `**Nobody has looked at the whole change:** ${inlineText(review.reason, 500)}`];
  }
  const { report } = review;
  const findings = report.findings.filter(({ scope }) => scope === "introduced");
  const shown = findings.slice(0, limit).map((finding) => `- ${findingText(finding)}`);
  if (findings.length > shown.length) shown.push(`- … and ${findings.length - shown.length} more`);
  const finders = report.subtasks.filter(({ phase = "finder" }) => phase === "finder").length;
  const who =
    report.engine === "rules"
      ? "The static rules ran over the changed lines (they know known patterns, not what the change is for)"
      : `${counted(finders, "subagent")} read the goal and the combined diff, and nothing that the writers said`;
  const outcome = findings.length === 0 ? "Nothing was reported." : "";
  const missing =
    report.conclusion === "partial" || report.conclusion === "failure" || report.conclusion === "cancelled";
  return [
    title,
    `${who}. ${missing ? "**They did not get to all of it.** " : ""}${outcome}`.trim(),
    shown.join("\n"),
    report.notes.map((note) => `> - ${inlineText(note, 300)}`).join("\n"),
  ];
}

function findingText(finding: Finding): string {
  const { severity, path, startLine, quote, title, detail, failureScenario, verdict, ruleId } = finding;
  const place = pathText(quote === "" ? path : `${path}:${startLine}`);
  const why = [failureScenario, detail].find((text) => text !== "") ?? "";
  const by = ruleId === undefined ? VERDICTS[verdict] : `rule ${inlineText(ruleId, 60)}`;
  return [
    `${severityLabel(severity)} ${place}: ${inlineText(title, 200)}`,
    ...(why === "" ? [] : [inlineText(why, 400)]),
    ...(by === "" ? [] : [`(${by})`]),
  ].join(" ");
}
