import type { AuditedFile, AuditSection } from "./audit-section.ts";
import { conclude } from "./conclude.ts";
import type { CoverageEntry } from "./coverage.ts";
import { ConfigurationError } from "./errors.ts";
import type { Finding } from "./finding.ts";
import { comparePaths } from "./path-parts.ts";
import { compareFindings } from "./rank.ts";
import type { Report } from "./report.ts";
import type { FailOn } from "./severity.ts";
import { addUsage, NO_USAGE } from "./usage.ts";

/** The report of an audit, whole or of one shard. */
export type AuditReport = Report & { readonly audit: AuditSection };

/** The report of a whole audit and whether it counts as failed, with the sentence that says why. */
export type MergedAudit = { readonly report: AuditReport; readonly fails: boolean; readonly reason: string };

/**
 * The reports of an audit's shards as the one report that a single machine would have made, but for the times. Files of shards that
 * are not among them are listed as not read. The order of the reports does not matter.
 * @throws {ConfigurationError} they are not the shards of one audit.
 */
export function mergeAudits(reports: readonly AuditReport[], failOn: FailOn): MergedAudit {
  const shards = reports.toSorted((a, b) => a.audit.shard.index - b.audit.shard.index);
  const [first] = shards;
  if (first === undefined)
    throw new ConfigurationError("there is nothing to merge: name the shards' findings.json files");
  for (const shard of shards) requireSameAudit(first, shard);
  const twice = shards.find((shard, index) => shard.audit.shard.index === shards[index - 1]?.audit.shard.index);
  if (twice !== undefined)
    throw new ConfigurationError(`shard ${shardName(twice)} is there twice; give each shard once`);

  const files = mergeFiles(shards);
  const coverage = files.map(coverageOf);
  const subtasks = shards
    .flatMap((shard) => shard.subtasks)
    .toSorted((a, b) => comparePaths(a.paths[0] ?? "", b.paths[0] ?? ""));
  const findings = inReportOrder(
    shards.flatMap((shard) => shard.findings),
    first.audit,
  );
  const cancelled = shards.some((shard) => shard.conclusion === "cancelled");
  const verdict = conclude({ coverage, subtasks, findings, unlistedFiles: 0, cancelled }, failOn);
  const postponed = files.filter(({ state }) => state === "postponed").length;
  const isPart = verdict.conclusion === "success" && postponed > 0;
  const wallMs = Math.max(...shards.map((shard) => shard.wallMs));
  const sumMs = shards.reduce((sum, shard) => sum + shard.sumMs, 0);
  const report: AuditReport = {
    ...first,
    coverage,
    findings,
    subtasks,
    usage: shards.reduce((sum, shard) => addUsage(sum, shard.usage), NO_USAGE),
    costUsd: shards.reduce((sum, shard) => sum + shard.costUsd, 0),
    wallMs,
    sumMs,
    criticalPathMs: Math.max(...shards.map((shard) => shard.criticalPathMs)),
    speedup: wallMs === 0 ? 1 : sumMs / wallMs,
    // A night that read what its budget allowed has done its work, and yet nobody may take it for a whole audit.
    conclusion: isPart ? "partial" : verdict.conclusion,
    notes: [...new Set(shards.flatMap((shard) => shard.notes))],
    audit: { ...first.audit, shard: { index: 1, of: 1 }, files: files.map((file) => ({ ...file, shard: 1 })) },
  };
  return { report, fails: verdict.fails, reason: verdict.reason };
}

/** By type in the recipe's order, then worst first; ids count in that order. */
export function inReportOrder(findings: readonly Finding[], audit: Pick<AuditSection, "recipe">): Finding[] {
  const order = new Map(audit.recipe.issueTypes.map(({ id }, index) => [id, index]));
  const rankOf = ({ category }: Finding): number => order.get(category) ?? order.size;
  return findings
    .toSorted((a, b) => rankOf(a) - rankOf(b) || compareFindings(a, b))
    .map((finding, index) => ({ ...finding, id: `f${index + 1}` }));
}

function requireSameAudit(first: AuditReport, other: AuditReport): void {
  const facts = (report: AuditReport): Readonly<Record<string, string>> => ({
    repository: report.target.repository,
    commit: report.target.head,
    recipe: report.audit.recipe.name,
    engine: report.engine,
    "version of recipe, rules or model": report.audit.version,
    "number of shards": String(report.audit.shard.of),
    "choice of files": JSON.stringify(report.audit.globs),
  });
  const expected = facts(first);
  for (const [what, value] of Object.entries(facts(other))) {
    if (value === expected[what]) continue;
    throw new ConfigurationError(
      `shards ${shardName(first)} and ${shardName(other)} are not of one audit: the ${what} differs (${expected[what] ?? ""} and ${value})`,
    );
  }
}

/** Each file as the shard knows it that was to read it. */
function mergeFiles(shards: readonly AuditReport[]): AuditedFile[] {
  const byShard = new Map(
    shards.map(({ audit }) => [audit.shard.index, new Map(audit.files.map((file) => [file.path, file]))]),
  );
  return (shards[0]?.audit.files ?? []).map((file) => {
    const owned = byShard.get(file.shard)?.get(file.path);
    if (owned !== undefined) return owned;
    const reason = `Shard ${file.shard} of ${shards[0]?.audit.shard.of ?? 1} delivered no result.`;
    return { ...file, state: "failed", reason };
  });
}

function coverageOf({ path, state, reason }: AuditedFile): CoverageEntry {
  switch (state) {
    case "read":
    case "reused":
      return { path, status: "reviewed", subtasks: [] };
    case "postponed":
    case "skipped":
      return { path, status: "skipped", reason: reason ?? "", subtasks: [] };
    case "failed":
    case "elsewhere":
      return { path, status: "failed", reason: reason ?? "Not read.", subtasks: [] };
    default:
      return state satisfies never;
  }
}

function shardName({ audit }: AuditReport): string {
  return `${audit.shard.index}/${audit.shard.of}`;
}
