import { comparePaths } from "./path-parts.ts";
import { wordsOf } from "./path-parts.ts";
import type { RepoPath } from "./repo-path.ts";
import { RISK_SUBJECTS } from "./risk-subject.ts";

/** How much a path has changed lately: commits that touched it, and lines added plus removed (0 where the history at hand has no files). */
export type Churn = { readonly commits: number; readonly lines: number };

/** What a night's choice among the files depends on. */
export type RotationFacts = {
  readonly churn: ReadonlyMap<RepoPath, Churn>;
  /** ISO date of the last time the path was read; absent when never. */
  readonly lastRead: ReadonlyMap<RepoPath, string>;
  /** ISO date of this run. */
  readonly today: string;
};

/** A file nobody has read yet counts as read this many days ago. */
const NEVER_READ_DAYS = 365;
const RISKY = 3;
const DAY_MS = 86_400_000;

/**
 * How urgent it is to read a path: risk x churn x days since it was read. Never 0, so that every file has its turn: a quiet
 * file grows more urgent with each day it is left out.
 */
function urgencyOf(path: RepoPath, facts: RotationFacts): number {
  const words = new Set(wordsOf(path));
  const risk = RISK_SUBJECTS.some((subject) => subject.words.some((word) => words.has(word))) ? RISKY : 1;
  const { commits, lines } = facts.churn.get(path) ?? { commits: 0, lines: 0 };
  const churn = 1 + Math.log2(1 + commits) + Math.log2(1 + lines) / 4;
  const read = facts.lastRead.get(path);
  const days = read === undefined ? NEVER_READ_DAYS : (Date.parse(facts.today) - Date.parse(read)) / DAY_MS;
  return risk * churn * Math.max(1, days);
}

/**
 * The files of one night: the most urgent ones whose cost together stays within `budget`, and the rest. At least one file is
 * read whatever it costs less than the whole budget. Both sorted by path. An infinite budget reads everything.
 */
export function rotate<T extends { readonly path: RepoPath }>(
  files: readonly T[],
  facts: RotationFacts,
  costOf: (file: T) => number,
  budget: number,
): { readonly tonight: readonly T[]; readonly postponed: readonly T[] } {
  const byPath = (a: T, b: T): number => comparePaths(a.path, b.path);
  if (!Number.isFinite(budget)) return { tonight: files.toSorted(byPath), postponed: [] };
  const urgency = new Map(files.map((file) => [file.path, urgencyOf(file.path, facts)]));
  const ranked = files.toSorted((a, b) => (urgency.get(b.path) ?? 0) - (urgency.get(a.path) ?? 0) || byPath(a, b));
  const tonight: T[] = [];
  const postponed: T[] = [];
  let left = budget;
  for (const file of ranked) {
    const cost = costOf(file);
    if (cost <= left) {
      tonight.push(file);
      left -= cost;
    } else postponed.push(file);
  }
  return { tonight: tonight.toSorted(byPath), postponed: postponed.toSorted(byPath) };
}
