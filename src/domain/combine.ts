import type { ChangeSet } from "./change-set.ts";
import { clusterClaims } from "./cluster.ts";
import type { ClaimReport } from "./cluster.ts";
import { CodeLines } from "./code-lines.ts";
import { compareText } from "./compare-text.ts";
import type { ChangedFile } from "./diff.ts";
import type { Claim, Finding, Scope } from "./finding.ts";
import { fingerprint } from "./fingerprint.ts";
import { mergeClaims } from "./merge-claims.ts";
import { placeAll } from "./place.ts";
import type { PlacementLimits } from "./place.ts";
import { compareFindings } from "./rank.ts";
import type { RepoPath } from "./repo-path.ts";
import { scopeOf } from "./scope.ts";

/** What `combine` merges, and what it needs to know to judge it. */
export type CombineInput = {
  readonly reports: readonly ClaimReport[];
  readonly changeSet: Pick<ChangeSet, "files">;
  /** Head versions by path, where they are at hand; without one, the quote stands for the code. */
  readonly headTexts: ReadonlyMap<RepoPath, string>;
  readonly limits: PlacementLimits;
};

/** `claims` in all, of which `mergedClaims` went into another: claims - mergedClaims = findings.length. */
export type Combined = {
  readonly findings: readonly Finding[];
  readonly claims: number;
  readonly mergedClaims: number;
};

/**
 * All claims as findings, worst first, with ids `f1`, `f2`, ... in that order. Duplicates are merged, nothing is dropped: every
 * claim is in exactly one finding, every finding has a placement and is unverified. The order of reports and of claims in them does not matter,
 * and reporting the same twice changes nothing but the counts.
 */
export function combine(input: CombineInput): Combined {
  const files = new Map(input.changeSet.files.map((file) => [file.path, file]));
  const readers = countReaders(input.reports);
  const reported = input.reports.flatMap(({ claims, subtaskId, lens }) =>
    claims.map((claim) => ({ claim: inOrder(claim), lens, ...(subtaskId === undefined ? {} : { subtaskId }) })),
  );
  const drafts = clusterClaims(reported).map((group): Draft => {
    const { claim, lens, scope, found } = mergeClaims(group, (each) => scopeIn(each, files.get(each.path)));
    const of = Math.max(readers.get(claim.path) ?? 0, found, 1);
    return { ...claim, scope, lens, agreement: { found, of }, verdict: "unverified", placement: "summary" };
  });
  const ranked = withFingerprints(drafts, input.headTexts)
    .toSorted(compareFindings)
    .map((finding, index) => ({ ...finding, id: `f${index + 1}` }));
  const findings = placeAll(ranked, input.changeSet.files, input.limits);
  return { findings, claims: reported.length, mergedClaims: reported.length - findings.length };
}

type Draft = Omit<Finding, "id" | "fingerprint">;

/** A claim without a quote is about the file as a whole: introduced when the change touches the file at all. */
function scopeIn(claim: Claim, file: ChangedFile | undefined): Scope {
  return claim.quote === "" && file !== undefined ? "introduced" : scopeOf(claim, file);
}

function inOrder(claim: Claim): Claim {
  return claim.startLine <= claim.endLine ? claim : { ...claim, startLine: claim.endLine, endLine: claim.startLine };
}

function countReaders(reports: readonly ClaimReport[]): ReadonlyMap<RepoPath, number> {
  const readers = new Map<RepoPath, Set<string>>();
  for (const { subtaskId, paths } of reports) {
    if (subtaskId === undefined) continue;
    for (const path of paths) readers.set(path, (readers.get(path) ?? new Set()).add(subtaskId));
  }
  return new Map([...readers].map(([path, ids]) => [path, ids.size]));
}

/** Fingerprints are distinct within a run: among equal code, the occurrence in the file tells which; then the order of lines. */
function withFingerprints(
  drafts: readonly Draft[],
  headTexts: ReadonlyMap<RepoPath, string>,
): readonly Omit<Finding, "id">[] {
  const codeIn = new Map<RepoPath, CodeLines>();
  const taken = new Set<string>();
  return drafts.toSorted(byPlace).map((draft) => {
    const text = draft.side === "RIGHT" && draft.quote !== "" ? headTexts.get(draft.path) : undefined;
    const lines = text === undefined ? undefined : (codeIn.get(draft.path) ?? new CodeLines(text));
    if (lines) codeIn.set(draft.path, lines);
    const code = lines?.between(draft.startLine, draft.endLine) ?? draft.quote;
    let occurrence = lines?.occurrenceOf(draft.startLine, draft.endLine) ?? 0;
    let print = fingerprint(draft, code, occurrence);
    while (taken.has(print)) print = fingerprint(draft, code, (occurrence += 1));
    taken.add(print);
    return { ...draft, fingerprint: print };
  });
}

function byPlace(a: Draft, b: Draft): number {
  const text = (draft: Draft): string =>
    JSON.stringify([draft.side, draft.ruleId ?? draft.category, draft.title, draft.detail]);
  return (
    compareText(a.path, b.path) || a.startLine - b.startLine || a.endLine - b.endLine || compareText(text(a), text(b))
  );
}
