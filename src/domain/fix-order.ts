import { ConfigurationError } from "./errors.ts";
import type { Finding } from "./finding.ts";
import { locateQuote } from "./locate-quote.ts";
import { compileGlobs } from "./path-globs.ts";
import type { RepoPath } from "./repo-path.ts";

/** What became of one finding that was to be fixed. `reason` is "" where it is fixed. */
export type FindingFate = { readonly id: string; readonly fixed: boolean; readonly reason: string };

/** Findings of an earlier run that are to be fixed, as they stand in the tree that is changed now. */
export type FixOrder = {
  /** All that were asked for. */
  readonly findings: readonly Finding[];
  /** Those whose code is still there, with the lines that it stands on now; by file. */
  readonly toFix: ReadonlyMap<RepoPath, readonly Finding[]>;
  /** The others, and why nobody is asked to fix them. */
  readonly lost: readonly FindingFate[];
};

/** The recipe that needs findings. */
export const FIX_RECIPE = "fix-findings";

/**
 * The findings that are asked for: those with the ids, or, where none is named, all that nobody has refuted; of files that the globs
 * match, where there are any.
 * @throws {ConfigurationError} an id that no finding has, or nothing is left to fix.
 */
export function chooseFindings(
  all: readonly Finding[],
  ids: readonly string[],
  globs: readonly string[] = [],
): readonly Finding[] {
  const unknown = ids.filter((id) => !all.some((finding) => finding.id === id));
  if (unknown.length > 0) {
    const known = all.map(({ id }) => id).slice(0, 50);
    throw new ConfigurationError(
      `There is no finding ${unknown.join(", ")}; there are ${known.length === 0 ? "none" : known.join(", ")}`,
    );
  }
  const asked =
    ids.length > 0 ? all.filter(({ id }) => ids.includes(id)) : all.filter((each) => each.verdict !== "refuted");
  const { matches } = compileGlobs(globs);
  const chosen = globs.length === 0 ? asked : asked.filter(({ path }) => matches(path));
  if (chosen.length === 0) {
    const why = asked.length > 0 ? "none of the findings is in the files that are asked for" : "the report has none";
    throw new ConfigurationError(`There is no finding to fix: ${why}`);
  }
  return chosen;
}

/** The findings where their code stands in these texts; code that is gone or stands there twice is nobody's to fix. */
export function placeFindings(findings: readonly Finding[], texts: ReadonlyMap<RepoPath, string>): FixOrder {
  const toFix = new Map<RepoPath, Finding[]>();
  const lost: FindingFate[] = [];
  for (const finding of findings) {
    const placed = placeOf(finding, texts.get(finding.path));
    if (typeof placed === "string") lost.push({ id: finding.id, fixed: false, reason: placed });
    else toFix.set(finding.path, [...(toFix.get(finding.path) ?? []), placed]);
  }
  return { findings, toFix, lost };
}

function placeOf(finding: Finding, text: string | undefined): Finding | string {
  if (finding.side === "LEFT") return "It is about lines that were removed.";
  if (text === undefined) return "Its file is not a text file of this tree.";
  if (finding.quote === "") return finding;
  const place = locateQuote(text, finding.quote, finding.startLine);
  if (place === undefined || place.how === "fuzzy") return "Its code is not there any more.";
  return { ...finding, startLine: place.startLine, endLine: place.endLine };
}
