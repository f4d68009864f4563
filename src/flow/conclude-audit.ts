import { compareLedger, type Comparison, type ComparisonFacts } from "../domain/compare-ledger.ts";
import { EMPTY_LEDGER, type Ledger, ofRecipe, withDecisions, withRecipe } from "../domain/ledger.ts";
import { type AuditReport, mergeAudits, type MergedAudit } from "../domain/merge-audits.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { FailOn } from "../domain/severity.ts";
import type { History } from "../ports/history.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";

/** A whole audit beside what was known before. */
export type ConcludedAudit = MergedAudit & { readonly comparison: Comparison };

/** An audit that may have been begun by another process: when, and what was remembered then. */
export type BegunAudit = {
  readonly startedMs: number;
  readonly readLedger: (signal: AbortSignal) => Promise<Ledger>;
};

/**
 * Merges the shards' reports, sets them beside the ledger, and remembers the result. Without a history at hand (absent, or the last
 * audited commit is not in it) renamed files are known again by their code alone. A run that goes on after it was remembered comes to
 * the same comparison, and is remembered once.
 */
export async function concludeAudit(
  reports: readonly AuditReport[],
  parts: {
    readonly ledger: LedgerStore | undefined;
    readonly history: History | undefined;
    readonly failOn: FailOn;
    /** ISO date. */
    readonly today: string;
    /** Absent where a run is carried out in one go. */
    readonly begun?: BegunAudit | undefined;
  },
  signal: AbortSignal,
): Promise<ConcludedAudit> {
  const merged = mergeAudits(reports, parts.failOn);
  const { report } = merged;
  const { audit } = report;
  const { recipe } = audit;
  const { begun } = parts;
  const isIn = (ledger: Ledger): boolean =>
    begun !== undefined && ofRecipe(ledger, recipe.name).runs.some(({ startedMs }) => startedMs === begun.startedMs);
  const newest = (await parts.ledger?.read(signal)) ?? EMPTY_LEDGER;
  const ledger = begun !== undefined && isIn(newest) ? withDecisions(await begun.readLedger(signal), newest) : newest;
  const before = ofRecipe(ledger, recipe.name).runs.at(-1)?.head;
  const renames =
    before === undefined || before === report.target.head
      ? new Map<RepoPath, RepoPath>()
      : await parts.history?.renamesSince(before, signal);
  const facts: ComparisonFacts = {
    renames: renames ?? new Map<RepoPath, RepoPath>(),
    today: parts.today,
    startedMs: begun?.startedMs,
  };
  const comparison = compareLedger(report, audit, ledger, facts);
  // A run that was stopped or read nothing says nothing about what is fixed.
  if (report.conclusion !== "cancelled" && report.conclusion !== "nothing-to-do") {
    await parts.ledger?.update(
      (latest) =>
        isIn(latest) ? latest : withRecipe(latest, recipe.name, compareLedger(report, audit, latest, facts).next),
      `${recipe.name}: ${comparison.standings.length} issues at ${report.target.head.slice(0, 12)}`,
      signal,
    );
  }
  return { ...merged, comparison };
}
