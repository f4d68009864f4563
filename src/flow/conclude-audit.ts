import { compareLedger, type Comparison } from "../domain/compare-ledger.ts";
import { EMPTY_LEDGER, ofRecipe, withRecipe } from "../domain/ledger.ts";
import { type AuditReport, mergeAudits, type MergedAudit } from "../domain/merge-audits.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { FailOn } from "../domain/severity.ts";
import type { History } from "../ports/history.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";

/** A whole audit beside what was known before. */
export type ConcludedAudit = MergedAudit & { readonly comparison: Comparison };

/**
 * Merges the shards' reports, sets them beside the ledger, and remembers the result. Without a history at hand (absent, or the last
 * audited commit is not in it) renamed files are known again by their code alone.
 */
export async function concludeAudit(
  reports: readonly AuditReport[],
  parts: {
    readonly ledger: LedgerStore | undefined;
    readonly history: History | undefined;
    readonly failOn: FailOn;
    /** ISO date. */
    readonly today: string;
  },
  signal: AbortSignal,
): Promise<ConcludedAudit> {
  const merged = mergeAudits(reports, parts.failOn);
  const { report } = merged;
  const { audit } = report;
  const ledger = (await parts.ledger?.read(signal)) ?? EMPTY_LEDGER;
  const before = ofRecipe(ledger, audit.recipe.name).runs.at(-1)?.head;
  const renames =
    before === undefined || before === report.target.head
      ? new Map<RepoPath, RepoPath>()
      : await parts.history?.renamesSince(before, signal);
  const facts = { renames: renames ?? new Map<RepoPath, RepoPath>(), today: parts.today };
  const comparison = compareLedger(report, audit, ledger, facts);
  // A run that was stopped or read nothing says nothing about what is fixed.
  if (report.conclusion !== "cancelled" && report.conclusion !== "nothing-to-do") {
    await parts.ledger?.update(
      (newest) => withRecipe(newest, audit.recipe.name, compareLedger(report, audit, newest, facts).next),
      `${audit.recipe.name}: ${comparison.standings.length} issues at ${report.target.head.slice(0, 12)}`,
      signal,
    );
  }
  return { ...merged, comparison };
}
