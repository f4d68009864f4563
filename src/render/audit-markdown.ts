import type { Comparison, Standing } from "../domain/compare-ledger.ts";
import type { AuditReport } from "../domain/merge-audits.ts";
import { auditCoverage } from "./audit-coverage.ts";
import { auditFindings } from "./audit-findings.ts";
import { hotSpots, issueList, trendTable, typeTable } from "./audit-tables.ts";
import { codeSpan } from "./fence.ts";
import { counted, dollars, tokens } from "./figures.ts";
import { costText } from "./footer.ts";
import { neutralizeCode } from "./neutralize-code.ts";
import { inlineText } from "./neutralize.ts";
import { phaseTable } from "./phase-table.ts";
import { placeLink, type Surroundings } from "./place-link.ts";
import { severityCounts } from "./severity-label.ts";

const MAX_LISTED = 100;

/**
 * The report of an audit for people, as Markdown that ends with a line end. The same report and comparison give the same bytes:
 * no times, so that an audit of unchanged code changes nothing. All text that others wrote is neutralised.
 */
export function auditMarkdown(report: AuditReport, comparison: Comparison, where: Surroundings): string {
  const { audit, target } = report;
  const { recipe } = audit;
  const open = comparison.standings.filter(({ state }) => state !== "accepted");
  const accepted = comparison.standings.filter(({ state }) => state === "accepted");
  const links = { ...where, head: target.head };
  const byType = recipe.issueTypes.flatMap(({ id, title }) => {
    const own = open.filter(({ finding }) => finding.category === id);
    return own.length === 0 ? [] : [section(`${inlineText(title)} (${own.length})`, auditFindings(own, links))];
  });
  const acceptedIssues = [...accepted.map(({ issue }) => issue), ...comparison.unchecked.filter(isAccepted)];
  const unchecked = comparison.unchecked.filter((issue) => !isAccepted(issue));
  const parts = [
    `# ${inlineText(recipe.title)}`,
    commitLine(report, where),
    summary(report, open, comparison),
    ...warnings(report),
    typeTable(report, open, comparison),
    section("Where they are", hotSpots(open)),
    section("Since the last audit", since(comparison)),
    ...byType,
    section(
      `Not looked at again (${unchecked.length})`,
      unchecked.length === 0
        ? ""
        : `Open before, in files that this run did not read:\n\n${issueList(unchecked, MAX_LISTED)}`,
    ),
    section(`Accepted (${acceptedIssues.length})`, issueList(acceptedIssues, MAX_LISTED)),
    refutedClaims(report, links),
    section("Coverage", auditCoverage(audit)),
    section("Cost", costs(report)),
    section("Notes", report.notes.map((note) => `- ${inlineText(note, 500)}`).join("\n")),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function section(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n\n${body}`;
}

function commitLine({ target, engine, audit }: AuditReport, where: Surroundings): string {
  const short = codeSpan(target.head.slice(0, 12));
  const commit = where.repositoryUrl === undefined ? short : `[${short}](${where.repositoryUrl}/commit/${target.head})`;
  const globs =
    audit.globs.length === 0 ? "" : `, files ${audit.globs.map((glob) => codeSpan(neutralizeCode(glob))).join(" ")}`;
  return `${codeSpan(neutralizeCode(target.repository))} at ${commit}, recipe \`${audit.recipe.name}\`${globs}, ${engine === "rules" ? "static rules" : "Claude"}.`;
}

function summary(report: AuditReport, open: readonly Standing[], comparison: Comparison): string {
  const { files } = report.audit;
  const looked = files.filter(({ state }) => state === "read" || state === "reused").length;
  const affected = new Set(open.map(({ finding }) => finding.path)).size;
  const scope = `${looked} of ${counted(files.length, "file")} looked at`;
  const { withheld = 0 } = report.audit;
  if (withheld > 0) {
    return `**${counted(withheld, "finding")} not shown here**, because everybody can read this: people with write access see them under Security, Code scanning. ${counted(open.length, "other issue")}; ${scope}.`;
  }
  if (open.length === 0) return `**No open issues.** ${scope}.${changes(comparison, open)}`;
  const severities = severityCounts(open.map(({ finding }) => finding));
  return `**${counted(open.length, "open issue")} in ${counted(affected, "file")}** (${severities}); ${scope}.${changes(comparison, open)}`;
}

function changes({ previous, fixed, standings, unchecked }: Comparison, open: readonly Standing[]): string {
  if (previous === undefined) return " This is the first audit with this recipe.";
  const fresh = open.filter(({ state }) => state === "new").length;
  const parts = [
    `${fresh} new`,
    `${open.length - fresh} still open`,
    `${fixed.length} fixed`,
    ...(standings.length === open.length ? [] : [`${standings.length - open.length} accepted`]),
    ...(unchecked.length === 0 ? [] : [`${unchecked.length} not looked at again`]),
  ];
  return ` Since ${previous.date}: ${parts.join(", ")}.`;
}

function warnings({ audit, conclusion }: AuditReport): readonly string[] {
  const missed = audit.files.filter(({ state }) => state === "failed" || state === "elsewhere").length;
  if (missed > 0) {
    return [
      `> [!WARNING]\n> This audit is incomplete: ${counted(missed, "file")} could not be read. See [Coverage](#coverage).`,
    ];
  }
  const later = audit.files.filter(({ state }) => state === "postponed").length;
  if (later > 0)
    return [`> [!NOTE]\n> The budget left ${counted(later, "file")} for other nights. See [Coverage](#coverage).`];
  return conclusion === "cancelled" ? ["> [!WARNING]\n> This audit was cancelled before its end."] : [];
}

function since(comparison: Comparison): string {
  const fixed = comparison.fixed.length === 0 ? "" : `Fixed:\n\n${issueList(comparison.fixed, MAX_LISTED)}`;
  return [trendTable(comparison), fixed].filter((part) => part !== "").join("\n\n");
}

function costs(report: AuditReport): string {
  const { fullPass } = report.audit;
  const price = fullPass.usd === 0 ? "nothing" : `about ${dollars(fullPass.usd)}`;
  const phases = phaseTable(report);
  const sum = `This run: ${costText(report)}. Reading all ${counted(fullPass.files, "file")} once (${tokens(fullPass.tokens)} tokens) costs ${price}.`;
  return phases === "" ? sum : `${sum}\n\n${phases}`;
}

/** What a second reader did not confirm, folded: nothing that was claimed goes without a word. */
function refutedClaims(report: AuditReport, links: Surroundings & { readonly head: string }): string {
  const refuted = report.findings.filter(({ verdict }) => verdict === "refuted");
  if (refuted.length === 0) return "";
  const rows = refuted.slice(0, MAX_LISTED).map((finding) => {
    const place = placeLink(finding, { base: links.head, head: links.head }, links);
    return `- ${place} ${inlineText(finding.title, 200)}: ${inlineText(finding.verification ?? "", 300)}`;
  });
  const more = refuted.length > MAX_LISTED ? [`- and ${refuted.length - MAX_LISTED} more`] : [];
  return `<details><summary>Refuted (${refuted.length}): claims that a second reader found to be wrong</summary>\n\n${[...rows, ...more].join("\n")}\n\n</details>`;
}

function isAccepted({ status }: { readonly status: string }): boolean {
  return status === "accepted";
}
