import { clusterClaims, type ClaimReport, type ReportedClaim } from "../domain/cluster.ts";
import { compareText } from "../domain/compare-text.ts";
import type { Claim } from "../domain/finding.ts";
import { phaseOf } from "../domain/phase.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";

/** Under which name the static rules report: they ran beside the subtasks and count as no subagent. */
const RULES = "rules";

/**
 * Who claims what, for combining. Only finders count as readers of a file. What the rules saw is reported once, whichever subtasks had it in
 * their briefs. What a gap pass repeats, although it was told of it, is credited to whom it repeats: it is no second opinion.
 */
export function claimReports(subtasks: readonly Subtask[], outcomes: readonly Outcome[]): readonly ClaimReport[] {
  const claimsOf = new Map(outcomes.map(({ subtaskId, claims }) => [subtaskId, claims]));
  const byModel = ({ id }: Subtask): readonly Claim[] =>
    (claimsOf.get(id) ?? []).filter(({ source }) => source === "model");
  const reports = subtasks.flatMap((subtask): readonly ClaimReport[] => {
    const { id, lens, files } = subtask;
    const claims = byModel(subtask);
    if (phaseOf(subtask) === "finder") {
      return [{ subtaskId: id, lens, paths: files.map(({ path }) => path), claims }];
    }
    const earlier = subtasks.filter((other) => subtask.dependsOn.includes(other.id));
    return attributed(subtask, claims, [
      ...earlier.flatMap((other) => byModel(other).map((claim) => ({ claim, subtaskId: other.id, lens: other.lens }))),
      ...ruleClaims(earlier.flatMap((other) => claimsOf.get(other.id) ?? [])).map((claim) => ({ claim, lens: RULES })),
    ]);
  });
  const rules = ruleClaims(outcomes.flatMap(({ claims }) => claims));
  return [...reports, ...(rules.length === 0 ? [] : [{ lens: RULES, paths: [], claims: rules }])];
}

function attributed(
  { id, lens }: Subtask,
  claims: readonly Claim[],
  known: readonly ReportedClaim[],
): readonly ClaimReport[] {
  const mine = claims.map((claim): ReportedClaim => ({ claim, subtaskId: id, lens }));
  const reports: ClaimReport[] = [];
  for (const group of clusterClaims([...known, ...mine])) {
    const added = group.filter((each) => mine.includes(each)).map(({ claim }) => claim);
    if (added.length === 0) continue;
    const [first] = group
      .filter((each) => !mine.includes(each))
      .toSorted((a, b) => compareText(a.subtaskId ?? "~", b.subtaskId ?? "~") || compareText(a.lens, b.lens));
    const { subtaskId, lens: by } = first ?? { subtaskId: id, lens };
    reports.push({ lens: by, paths: [], claims: added, ...(subtaskId === undefined ? {} : { subtaskId }) });
  }
  return reports;
}

function ruleClaims(claims: readonly Claim[]): readonly Claim[] {
  const distinct = new Map(
    claims.filter(({ source }) => source === "rule").map((claim) => [JSON.stringify(claim), claim]),
  );
  return [...distinct.values()];
}
