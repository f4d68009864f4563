import type { AuditReport } from "./merge-audits.ts";

/** Whether any finding of the recipe could help an attacker of the running system. */
export function isSensitive(recipe: AuditReport["audit"]["recipe"]): boolean {
  return recipe.issueTypes.some(({ sensitive }) => sensitive);
}

/**
 * The report without what strangers could use: no text, place or number of such findings is left in it, but for how many there are.
 * For every place that everybody can read: logs, summaries, artifacts, pull requests, issues.
 */
export function withoutSensitive(report: AuditReport): { readonly report: AuditReport; readonly withheld: number } {
  const hidden = new Set(report.audit.recipe.issueTypes.flatMap(({ id, sensitive }) => (sensitive ? [id] : [])));
  const findings = report.findings.filter(({ category }) => !hidden.has(category));
  const withheld = report.findings.length - findings.length;
  if (withheld === 0) return { report, withheld };
  return { report: { ...report, findings, audit: { ...report.audit, withheld } }, withheld };
}
