import { causeOf } from "./category.ts";
import type { Claim } from "./finding.ts";
import type { RepoPath } from "./repo-path.ts";

/** What one reporter says. `subtaskId` is absent for a detector that ran beside the subtasks and is not one of them. */
export type ClaimReport = {
  readonly subtaskId?: string;
  readonly lens: string;
  /** Every path that the reporter read, whether it found something there or not. */
  readonly paths: readonly RepoPath[];
  readonly claims: readonly Claim[];
};

/** A claim and who made it. */
export type ReportedClaim = { readonly claim: Claim; readonly subtaskId?: string; readonly lens: string };

/** Share of the shorter title's words that must occur in the other one. */
const TITLE_SIMILAR = 0.6;

/** A claim this many times as long as another, and longer than this many lines, is about the whole, not about the part. */
const MUCH_LONGER = 10;
const LONG_RANGE = 20;

const STOP_WORDS = new Set(
  "a an and are as at be by can could for from has have if in into is it its may not of on or so that the this to when which will with without".split(
    " ",
  ),
);

/**
 * The claims in groups that say the same thing: same file and side, overlapping or adjacent lines, same cause. Whatever the
 * order of the claims, the groups are the same (their order and the order in them is not). Every claim is in exactly one group.
 */
export function clusterClaims(claims: readonly ReportedClaim[]): readonly (readonly ReportedClaim[])[] {
  const sorted = claims.map(withWords).toSorted((a, b) => a.claim.startLine - b.claim.startLine);
  const groups = new DisjointSets(sorted.length);
  const open = new Map<string, number[]>();
  for (const [index, current] of sorted.entries()) {
    const key = `${current.claim.side}:${current.claim.path}`;
    const near = (open.get(key) ?? []).filter(
      (other) => (sorted[other]?.claim.endLine ?? 0) + 1 >= current.claim.startLine,
    );
    for (const other of near) {
      const earlier = sorted[other];
      if (earlier && saysTheSame(earlier, current)) groups.join(other, index);
    }
    open.set(key, [...near, index]);
  }
  return [...Map.groupBy(sorted.entries(), ([index]) => groups.find(index)).values()].map((members) =>
    members.map(([, { reported }]) => reported),
  );
}

type Titled = { readonly reported: ReportedClaim; readonly claim: Claim; readonly words: ReadonlySet<string> };

function withWords(reported: ReportedClaim): Titled {
  return { reported, claim: reported.claim, words: titleWords(reported.claim.title) };
}

/** Symmetric. The two are on the same file and side, and their lines touch. */
function saysTheSame(a: Titled, b: Titled): boolean {
  const overlap = a.claim.startLine <= b.claim.endLine && b.claim.startLine <= a.claim.endLine;
  const sameLines = a.claim.startLine === b.claim.startLine && a.claim.endLine === b.claim.endLine;
  if (isWholeFile(a.claim) !== isWholeFile(b.claim)) return false;
  if (a.claim.ruleId !== undefined && a.claim.ruleId === b.claim.ruleId && !sameLines) return false;
  if (!overlap && isSameReporter(a.reported, b.reported)) return false;
  const cause = causeOf(a.claim.category);
  const sameCause = cause !== undefined && cause === causeOf(b.claim.category);
  const similar = a.claim.title === b.claim.title || areSimilar(a.words, b.words);
  return overlap && !isMuchLonger(a.claim, b.claim) ? sameCause || similar : sameCause && similar;
}

function isSameReporter(a: ReportedClaim, b: ReportedClaim): boolean {
  return a.subtaskId === b.subtaskId && a.lens === b.lens;
}

/** Claims without a quote are about the file, whatever line they carry. */
function isWholeFile(claim: Claim): boolean {
  return claim.quote === "";
}

function isMuchLonger(a: Claim, b: Claim): boolean {
  const lengths = [a, b].map((claim) => claim.endLine - claim.startLine + 1);
  const longer = Math.max(...lengths);
  return longer > LONG_RANGE && longer > MUCH_LONGER * Math.min(...lengths);
}

function titleWords(title: string): ReadonlySet<string> {
  const words = title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .split(" ")
    .filter((word) => word !== "" && !STOP_WORDS.has(word));
  return new Set(words.map((word) => word.replace(/(?:ies|es|s|ing|ed)$/, "")));
}

function areSimilar(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const shorter = Math.min(a.size, b.size);
  const shared = a.intersection(b).size;
  return shorter > 0 && shared >= Math.min(2, shorter) && shared / shorter >= TITLE_SIMILAR;
}

class DisjointSets {
  readonly #parents: number[];

  constructor(size: number) {
    this.#parents = Array.from({ length: size }, (_, index) => index);
  }

  find(index: number): number {
    let root = index;
    while (this.#parents[root] !== root) root = this.#parents[root] ?? root;
    for (let at = index; at !== root;) {
      const next = this.#parents[at] ?? root;
      this.#parents[at] = root;
      at = next;
    }
    return root;
  }

  join(a: number, b: number): void {
    this.#parents[this.find(a)] = this.find(b);
  }
}
