import type { ReportedClaim } from "./cluster.ts";
import { compareText } from "./compare-text.ts";
import type { Claim, Scope } from "./finding.ts";
import { compareSeverity, SEVERITIES } from "./severity.ts";
import type { Severity } from "./severity.ts";

/** Claim.detail holds no more (see `Claim`). */
const MAX_DETAIL = 8_000;
const MAX_ALSO = 5;

/** One claim made of several that say the same thing. */
export type MergedClaim = {
  readonly claim: Claim;
  readonly lens: string;
  readonly scope: Scope;
  /** Distinct subtasks among the reporters; detectors beside the subtasks do not count. */
  readonly found: number;
};

/**
 * The group as one claim. Lines, category, title and text come from one member, the richest one (on changed lines before others),
 * so that they fit together; the rule id and what the rules say are kept; other titles are listed. The severity is the highest
 * that at least half of the reporters agree on. The order of the group does not matter. `group` is not empty.
 */
export function mergeClaims(group: readonly ReportedClaim[], scopeOf: (claim: Claim) => Scope): MergedClaim {
  const sorted = group.toSorted((a, b) => byRichness(a, b, scopeOf));
  const [best, ...others] = sorted;
  if (best === undefined) throw new RangeError("a group of claims is never empty");
  const ruleId = sorted.find((each) => each.claim.ruleId !== undefined)?.claim.ruleId;
  const suggestion = sorted.find((each) => sameLines(each.claim, best.claim) && each.claim.suggestion !== undefined)
    ?.claim.suggestion;
  const claim: Claim = {
    ...best.claim,
    detail: withEvidence(best.claim, others),
    severity: agreedSeverity(sorted),
    confidence: Math.max(...sorted.map((each) => each.claim.confidence)),
    failureScenario:
      best.claim.failureScenario || (others.find((each) => each.claim.failureScenario)?.claim.failureScenario ?? ""),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(ruleId === undefined ? {} : { ruleId }),
  };
  const found = new Set(group.flatMap((each) => each.subtaskId ?? [])).size;
  return { claim, lens: lensesOf(best, others), scope: scopeOf(best.claim), found };
}

/** Total order on claims that differ in anything: what we keep does not depend on who answered first. */
function byRichness(a: ReportedClaim, b: ReportedClaim, scopeOf: (claim: Claim) => Scope): number {
  return (
    Number(scopeOf(a.claim) !== "introduced") - Number(scopeOf(b.claim) !== "introduced") ||
    richness(b.claim) - richness(a.claim) ||
    compareSeverity(a.claim.severity, b.claim.severity) ||
    b.claim.confidence - a.claim.confidence ||
    a.claim.endLine - a.claim.startLine - (b.claim.endLine - b.claim.startLine) ||
    compareText(canonical(a), canonical(b))
  );
}

function richness(claim: Claim): number {
  return claim.detail.length + 2 * claim.failureScenario.length + (claim.suggestion === undefined ? 0 : 200);
}

function canonical(each: ReportedClaim): string {
  const sorted = Object.entries(each.claim).toSorted(([a], [b]) => compareText(a, b));
  return JSON.stringify([each.lens, each.subtaskId ?? "", sorted]);
}

function sameLines(a: Claim, b: Claim): boolean {
  return a.startLine === b.startLine && a.endLine === b.endLine;
}

function agreedSeverity(group: readonly ReportedClaim[]): Severity {
  const reporters = Map.groupBy(group, (each) => each.subtaskId ?? `beside ${each.lens}`);
  const worst = [...reporters.values()]
    .map((claims) => claims.map((each) => each.claim.severity).toSorted(compareSeverity)[0] ?? SEVERITIES[3])
    .toSorted(compareSeverity);
  return worst[Math.ceil(worst.length / 2) - 1] ?? SEVERITIES[3];
}

function lensesOf(best: ReportedClaim, others: readonly ReportedClaim[]): string {
  return best.claim.source === "rule"
    ? (others.find((each) => each.claim.source === "model")?.lens ?? best.lens)
    : best.lens;
}

function withEvidence(best: Claim, others: readonly ReportedClaim[]): string {
  const added: string[] = [];
  const titles = new Set([best.title]);
  for (const { claim } of others) {
    if (claim.ruleId !== undefined && !(claim.ruleId === best.ruleId && sameLines(claim, best))) {
      const where = sameLines(claim, best) ? "" : ` at line ${claim.startLine}`;
      added.push(`Rule \`${claim.ruleId}\`${where}: ${claim.detail || claim.title}`);
    }
  }
  const also = others.flatMap(({ claim }) => {
    if (claim.source === "rule" || titles.has(claim.title)) return [];
    titles.add(claim.title);
    return [claim.title];
  });
  if (also.length > 0) {
    const more = also.length > MAX_ALSO ? ` and ${also.length - MAX_ALSO} more` : "";
    added.push(`Also reported as: ${also.slice(0, MAX_ALSO).join("; ")}${more}.`);
  }
  const text = [best.detail, ...new Set(added)].filter((part) => part !== "").join("\n\n");
  return text.length <= MAX_DETAIL ? text : `${text.slice(0, MAX_DETAIL - 1).toWellFormed()}…`;
}
