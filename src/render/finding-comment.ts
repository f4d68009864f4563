import type { Finding } from "../domain/finding.ts";
import { showInvisible } from "../domain/visible-text.ts";
import { BODY_LIMIT, cutMarkdown } from "./cut-markdown.ts";
import { codeSpan, fence } from "./fence.ts";
import { neutralizeBlock, neutralizeCode } from "./neutralize-code.ts";
import { inlineText, neutralize } from "./neutralize.ts";
import { printIdentity } from "./record-mark.ts";
import { severityLabel } from "./severity-label.ts";

const CUT = "_Cut to fit GitHub's limit; the whole text is in `findings.json`._";

/**
 * The body of one comment on lines or on a file. `suggestionProblem` is why the suggestion is shown as text only; undefined when it
 * may become a `suggestion` block. At most BODY_LIMIT code units; the last line is the finding as later commands need it, hidden.
 */
export function findingComment(finding: Finding, suggestionProblem: string | undefined): string {
  const mark = printIdentity(finding);
  const text = [
    `${severityLabel(finding.severity)}: **${inlineText(finding.title)}** (${codeSpan(finding.id)})`,
    ...findingText(finding, suggestionProblem),
    details(finding),
  ].join("\n\n");
  return `${cutMarkdown(text, BODY_LIMIT - mark.length - 2, CUT)}\n\n${mark}`;
}

/**
 * The paragraphs under the title: why it is a defect, when it shows, what to write instead. Safe Markdown, none empty.
 * `suggestionProblem` as in the options; "" where it is clear that a suggestion cannot be applied with a click.
 */
export function findingText(finding: Finding, suggestionProblem: string | undefined): readonly string[] {
  const scenario = neutralize(finding.failureScenario);
  const paragraphs = [neutralize(finding.detail), scenario === "" ? "" : `**When it shows:** ${scenario}`];
  if (finding.suggestion !== undefined) paragraphs.push(suggested(finding.suggestion, suggestionProblem));
  return paragraphs.filter((paragraph) => paragraph !== "");
}

/** `found by 2 of 3 subagents, rule x`: who says so, in words. */
export function agreementText(finding: Finding): string {
  const { found, of } = finding.agreement;
  const rule = finding.ruleId === undefined ? "" : `rule ${codeSpan(neutralizeCode(finding.ruleId))}`;
  if (finding.source === "rule" && found <= 1) return `found by ${rule === "" ? "a rule" : rule}`;
  const agents =
    found === 0
      ? `not reported by the ${of === 1 ? "subagent" : `${of} subagents`} that read the file`
      : foundBy(found, of);
  return rule === "" ? agents : `${agents}, and by ${rule}`;
}

function foundBy(found: number, of: number): string {
  return of === 1 ? "found by the one subagent that read the file" : `found by ${found} of ${of} subagents`;
}

function suggested(suggestion: string, given: string | undefined): string {
  const isRead = neutralizeBlock(suggestion) !== suggestion.replaceAll("\r\n", "\n");
  const problem = given ?? (isRead ? "it contains what other robots would obey" : undefined);
  if (problem === undefined) return fence(suggestion.replaceAll("\r\n", "\n"), "suggestion");
  if (suggestion.trim() === "") return "**Suggestion:** remove these lines.";
  return `**Suggestion${problem === "" ? ":**" : `** (to apply by hand, ${problem}):`}\n\n${fence(neutralizeBlock(suggestion))}`;
}

/** What the verifier says, in a paragraph of its own; empty when there was none or it gave no evidence. */
export function verificationText(finding: Finding): readonly string[] {
  const evidence = neutralize(finding.verification ?? "");
  if (finding.verdict === "unverified" || evidence === "") return [];
  return [`**A second look says ${finding.verdict}:** ${evidence}`];
}

function details(finding: Finding): string {
  const verification = verificationText(finding);
  const isSaid = finding.verdict === "unverified" || verification.length > 0;
  const lines = [
    `- Category ${codeSpan(finding.category)}, lens ${codeSpan(showInvisible(finding.lens))}, confidence ${Math.round(finding.confidence * 100)} %`,
    `- ${capitalized(agreementText(finding))}`,
    ...(isSaid ? [] : [`- A second look says: ${finding.verdict}`]),
    `- Reply ${codeSpan("/parallel-review explain")} to have it explained, ${codeSpan("/parallel-review ignore <reason>")} to hide it from now on`,
    `- Fingerprint ${codeSpan(finding.fingerprint)}`,
  ];
  const text = [...verification, lines.join("\n")].join("\n\n");
  return `<details><summary>Why you see this</summary>\n\n${text}\n\n</details>`;
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
