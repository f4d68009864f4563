import { comparePaths } from "./path-parts.ts";
import type { PlanLimits } from "./plan-limits.ts";
import type { RiskTier, SubtaskFile } from "./subtask.ts";
import { RISK_TIERS } from "./subtask.ts";

/** Files, or one part of one file, that the same reader gets. Becomes one subtask for each lens it is read with. */
export type ReadingGroup = {
  /** Sorted by path; never empty. */
  readonly files: readonly SubtaskFile[];
  /** Changed lines. */
  readonly lines: number;
  /** Estimated tokens in a brief. */
  readonly tokens: number;
  readonly risk: RiskTier;
  /** Why it is not of normal risk, each reason once; empty when it is. */
  readonly riskReasons: readonly string[];
  /** What a profile of the settings asks for; empty when the depth decides. */
  readonly lenses: readonly string[];
  /** Only groups with the same key may be joined. */
  readonly key: string;
  /** Sentences about why these files are together. */
  readonly links: readonly string[];
  readonly joined: "alone" | "related" | "packed" | "part";
  /** For a part of a file: which (1-based) of how many, and the tokens of the largest of them. */
  readonly part?: { readonly index: number; readonly of: number; readonly largest: number };
};

/** Negative when `a` is the riskier tier. */
export function compareRisk(a: RiskTier, b: RiskTier): number {
  return RISK_TIERS.indexOf(b) - RISK_TIERS.indexOf(a);
}

/** Comparator: by first path, then by part. */
export function compareGroups(a: ReadingGroup, b: ReadingGroup): number {
  return comparePaths(a.files[0]?.path ?? "", b.files[0]?.path ?? "") || (a.part?.index ?? 0) - (b.part?.index ?? 0);
}

/** Both in one: the riskier tier counts for all. */
export function joinGroups(a: ReadingGroup, b: ReadingGroup, joined: "related" | "packed"): ReadingGroup {
  const order = compareRisk(a.risk, b.risk);
  const [riskier, other] = order <= 0 ? [a, b] : [b, a];
  return {
    files: [...a.files, ...b.files].toSorted((x, y) => comparePaths(x.path, y.path)),
    lines: a.lines + b.lines,
    tokens: a.tokens + b.tokens,
    risk: riskier.risk,
    riskReasons: order === 0 ? [...new Set([...riskier.riskReasons, ...other.riskReasons])] : riskier.riskReasons,
    lenses: a.lenses,
    key: a.key,
    links: [...a.links, ...b.links],
    joined,
  };
}

/** Whether both together stay within what one subagent can hold, and within `lines` changed lines. */
export function fitTogether(a: ReadingGroup, b: ReadingGroup, limits: PlanLimits, lines: number): boolean {
  return (
    a.key === b.key &&
    a.files.length + b.files.length <= limits.filesPerSubtask &&
    a.tokens + b.tokens <= limits.ceilingTokens &&
    a.lines + b.lines <= lines
  );
}
