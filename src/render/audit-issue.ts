import type { Comparison, Standing } from "../domain/compare-ledger.ts";
import type { LedgerIssue } from "../domain/ledger.ts";
import type { AuditReport } from "../domain/merge-audits.ts";
import { isTicked, tickMark } from "../domain/tick.ts";
import { BODY_LIMIT } from "./cut-markdown.ts";
import { counted } from "./figures.ts";
import { inlineText } from "./neutralize.ts";
import { placeLink, type Surroundings } from "./place-link.ts";
import { severityLabel } from "./severity-label.ts";

/** Space for the marker and what stands around the list. */
const RESERVE = 4_000;
const MAX_ACCEPTED = 50;

/**
 * The text of an audit's living issue: each open issue with a box for fixing it and one for accepting it. `pending` are boxes that stay
 * ticked because nobody has acted on them yet. Lists as many as fit, worst types first, and says how many do not.
 */
export function auditIssue(
  report: AuditReport,
  comparison: Comparison,
  where: Surroundings,
  pending: ReadonlySet<string>,
): string {
  const { recipe } = report.audit;
  const links = { ...where, head: report.target.head };
  const open = comparison.standings.filter(({ state }) => state !== "accepted");
  const accepted = comparison.standings.filter(({ state }) => state === "accepted");
  const blocks: string[] = [];
  let left = BODY_LIMIT - RESERVE;
  let listed = 0;
  for (const { id, title } of recipe.issueTypes) {
    const own = open.filter(({ finding }) => finding.category === id);
    const lines: string[] = [];
    for (const standing of own) {
      const text = boxes(standing, links, pending);
      if (text.length > left) break;
      left -= text.length + 1;
      lines.push(text);
    }
    listed += lines.length;
    if (lines.length > 0) blocks.push(`## ${inlineText(title)} (${own.length})`, lines.join("\n"));
  }
  const kept = accepted.slice(0, MAX_ACCEPTED).map((standing) => acceptedLine(standing, links));
  const fits = kept.join("\n").length < left;
  return [
    introduction(report, comparison, open.length),
    ...blocks,
    ...(listed < open.length
      ? [`And ${counted(open.length - listed, "more issue")}, which are in the files of the run.`]
      : []),
    ...(kept.length === 0 || !fits ? [] : [`## Accepted (${accepted.length})`, kept.join("\n")]),
  ].join("\n\n");
}

function introduction({ target, audit }: AuditReport, { previous, fixed }: Comparison, open: number): string {
  const commit = `\`${target.head.slice(0, 12)}\``;
  const since = previous === undefined ? "" : ` Since ${previous.date}: ${fixed.length} fixed.`;
  const head =
    open === 0
      ? `**No open issues** at ${commit}.${since}`
      : `**${counted(open, "open issue")}** at ${commit}, by the recipe \`${audit.recipe.name}\`.${since}`;
  return `${head}\n\nTick **fix** to have its file changed by a pull request, and **accept** to live with it; the next audit acts on it and updates this issue. Only boxes that people with write access tick count.`;
}

function boxes({ finding, issue, state }: Standing, links: Links, pending: ReadonlySet<string>): string {
  const since = state === "new" ? "**new**" : `since ${issue.firstSeen.date}`;
  const asked = issue.fix === undefined ? "" : ` · fix asked for on ${issue.fix.date}`;
  const place = placeLink(finding, { base: links.head, head: links.head }, links);
  const what = `${severityLabel(finding.severity)}: ${inlineText(finding.title, 160)}`;
  const mark = pending.has(issue.id) ? "x" : " ";
  return [
    `- ${place} ${what} · ${since}${asked}`,
    `  - [${mark}] fix ${tickMark("fix", issue.id)}`,
    `  - [ ] accept ${tickMark("accept", issue.id)}`,
  ].join("\n");
}

type Links = Surroundings & { readonly head: string };

/** With a box where emptying it takes the acceptance back: what was accepted in the ledger itself is taken back there. */
function acceptedLine({ finding, issue }: Standing, links: Links): string {
  const place = placeLink(finding, { base: links.head, head: links.head }, links);
  const box = isTicked(issue) ? `\n  - [x] accept ${tickMark("accept", issue.id)}` : "";
  return `- ${place} ${inlineText(finding.title, 160)}, ${acceptance(issue)}${box}`;
}

function acceptance({ acceptance: given }: LedgerIssue): string {
  if (given === undefined) return "accepted";
  const until = given.expires === undefined ? "" : `, until ${given.expires}`;
  // As code: a login in plain text would call somebody.
  return `accepted by \`${given.author.replaceAll("`", "")}\` on ${given.date}${until}`;
}
