import { causeOf } from "./category.ts";
import { clusterClaims } from "./cluster.ts";
import type { Finding } from "./finding.ts";
import type { FindingRecord, Ignored } from "./review-record.ts";

/** A finding that an earlier review of ours put on lines of the diff, and what has become of its thread. */
export type PostedFinding = {
  /** As its comment has it: without the long texts. */
  readonly finding: FindingRecord;
  /** Of the comment. */
  readonly url: string;
  /** Where the comment stands in the diff now; absent when its lines have changed since. */
  readonly lines?: { readonly startLine: number; readonly endLine: number };
  readonly isResolved: boolean;
  /** Who resolved the thread, when that person may decide for the pull request. */
  readonly resolvedBy?: string;
};

/** The reason on record for a finding that somebody put away by resolving its thread. */
const RESOLVED = "resolved the conversation";

/**
 * The findings with what people know of them from earlier reviews: those that somebody ignores, by fingerprint or by resolving the
 * thread, and `earlier` for those that have a comment on lines already. A finding is recognised by its kind where its comment stands
 * now, then by fingerprint wherever it moved to, then by what it says about lines that overlap; each comment is of one finding.
 */
export function recognise(
  findings: readonly Finding[],
  posted: readonly PostedFinding[],
  ignored: ReadonlyMap<string, Ignored>,
): readonly Finding[] {
  const comments = commentsOf(findings, posted);
  return findings.map((finding) => {
    const comment = comments.get(finding);
    const decision =
      ignored.get(finding.fingerprint) ??
      (comment && ignored.get(comment.finding.fingerprint)) ??
      (comment?.resolvedBy === undefined ? undefined : { by: comment.resolvedBy, reason: RESOLVED });
    if (decision !== undefined) return { ...finding, ignored: decision };
    return comment === undefined
      ? finding
      : { ...finding, earlier: { url: comment.url, isResolved: comment.isResolved } };
  });
}

/** What a finding is about, whoever found it. */
export function kindOf(finding: Pick<Finding, "ruleId" | "category">): string {
  return finding.ruleId ?? causeOf(finding.category) ?? finding.category;
}

function commentsOf(
  findings: readonly Finding[],
  posted: readonly PostedFinding[],
): ReadonlyMap<Finding, PostedFinding> {
  const found = new Map<Finding, PostedFinding>();
  // Of several comments on one finding the open one counts, and of those the newest.
  const free = new Set([...posted].toReversed().toSorted((a, b) => Number(a.isResolved) - Number(b.isResolved)));
  const take = (candidatesOf: (finding: Finding) => Iterable<PostedFinding>): void => {
    for (const finding of findings) {
      if (found.has(finding)) continue;
      for (const comment of candidatesOf(finding)) {
        if (!free.has(comment)) continue;
        found.set(finding, comment);
        free.delete(comment);
        break;
      }
    }
  };
  const byPath = Map.groupBy(free, ({ finding }) => finding.path);
  const byPrint = Map.groupBy(free, ({ finding }) => finding.fingerprint);
  const inFile = (finding: Finding): readonly PostedFinding[] =>
    (byPath.get(finding.path) ?? []).filter((comment) => comment.finding.side === finding.side);
  take((finding) => inFile(finding).filter((comment) => isSamePlace(finding, comment)));
  take((finding) => byPrint.get(finding.fingerprint) ?? []);
  take((finding) => inFile(finding).filter((comment) => saysTheSame(finding, comment)));
  return found;
}

function isSamePlace(finding: Finding, { lines, finding: before }: PostedFinding): boolean {
  return (
    lines?.startLine === finding.startLine && lines.endLine === finding.endLine && kindOf(before) === kindOf(finding)
  );
}

function saysTheSame(finding: Finding, { lines, finding: before }: PostedFinding): boolean {
  if (lines === undefined || lines.startLine > finding.endLine || finding.startLine > lines.endLine) return false;
  // The comment does not keep the code; any text tells that it is about lines and not about the whole file.
  const claim = { ...before, ...lines, quote: finding.quote };
  const reported = [
    { claim, lens: before.lens, subtaskId: "before" },
    { claim: finding, lens: finding.lens },
  ];
  return clusterClaims(reported).length === 1;
}
