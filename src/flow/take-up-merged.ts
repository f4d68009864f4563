import type { Claim, Finding } from "../domain/finding.ts";
import { locateQuote } from "../domain/locate-quote.ts";
import type { AuditReport } from "../domain/merge-audits.ts";
import type { FindingRecord } from "../domain/review-record.ts";
import type { MergedReview } from "../ports/merged-review.ts";
import type { ReviewMemory } from "../ports/review-memory.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import { typed } from "./audit-findings.ts";

/**
 * The report with what reviews had found and nobody had answered when the pull request was merged, on `since` (ISO date) or later: where
 * the code still stands in a file of this audit, the recipe asks for its kind, and the audit has not found it itself. From then on it
 * is an issue of the audit as any other. What is not certain to be still there is left out.
 */
export async function takeUpMerged(
  report: AuditReport,
  merged: readonly MergedReview[],
  since: string,
  head: Snapshot,
  signal: AbortSignal,
): Promise<AuditReport> {
  const listed = new Set(report.audit.files.flatMap(({ path, state }) => (state === "skipped" ? [] : [path])));
  const taken: Finding[] = [];
  for (const { pullRequest, mergedOn, memory } of merged) {
    if (mergedOn < since) continue;
    for (const { record, url } of openRecords(memory)) {
      if (!listed.has(record.path)) continue;
      // oxlint-disable-next-line no-await-in-loop -- few: what nobody answered, one text at a time in memory
      const content = await head.read(record.path, signal);
      const place = content.kind === "text" ? locateQuote(content.text, record.quote, record.startLine) : undefined;
      if (place === undefined) continue;
      const why = `A review found it in #${pullRequest}, and it was open when that was merged: ${url}`;
      const { startLine, endLine } = place;
      const detail = record.detail === "" ? why : `${record.detail}\n\n${why}`;
      for (const claim of typed(report.audit.recipe, { ...claimOf(record), startLine, endLine, detail })) {
        const isKnown = [...report.findings, ...taken].some((finding) => isSame(finding, claim));
        if (!isKnown) taken.push(findingOf(record, claim));
      }
    }
  }
  return taken.length === 0 ? report : { ...report, findings: [...report.findings, ...taken] };
}

/** The findings whose threads nobody answered, as the review's own record has them: with their code. */
function openRecords({ threads, reviews, ignored }: ReviewMemory): readonly {
  readonly record: FindingRecord;
  readonly url: string;
}[] {
  return threads.flatMap(({ finding: { fingerprint }, isResolved, url }) => {
    const records = reviews.flatMap(({ record }) => record.findings);
    const record = records.find((each) => each.fingerprint === fingerprint || each.earlier?.url === url);
    const isOpen = !isResolved && !ignored.has(fingerprint) && record?.ignored === undefined;
    if (record === undefined || !isOpen || record.side === "LEFT" || record.verdict === "refuted") return [];
    return record.quote === "" || record.quote.endsWith("…") ? [] : [{ record, url }];
  });
}

function claimOf({ path, startLine, endLine, side, severity, category, title, detail, ...rest }: FindingRecord): Claim {
  const { failureScenario, quote, confidence, source, ruleId } = rest;
  const claim = { path, startLine, endLine, side, severity, category, title, detail, failureScenario, quote };
  return { ...claim, confidence, source, ...(ruleId === undefined ? {} : { ruleId }) };
}

function findingOf({ id, lens, agreement, verdict, fingerprint }: FindingRecord, claim: Claim): Finding {
  const placementReason = "an audit is delivered as one report";
  const rest = { id, lens, agreement, verdict, fingerprint, scope: "introduced", placement: "summary" } as const;
  return { ...claim, ...rest, placementReason };
}

function isSame(finding: Finding, claim: Claim): boolean {
  return (
    finding.path === claim.path &&
    finding.category === claim.category &&
    finding.startLine <= claim.endLine &&
    claim.startLine <= finding.endLine
  );
}
