import type { ChangeSet } from "./change-set.ts";
import type { ChangedFile } from "./diff.ts";
import { escapingLinkTarget, skipReason } from "./file-filter.ts";
import { addsGeneratedHeader } from "./generated.ts";
import { comparePaths } from "./path-parts.ts";
import { compilePathRules } from "./path-rules.ts";
import type { PathRules } from "./path-rules.ts";
import type { PlanLimits } from "./plan-limits.ts";
import type { SkippedFile } from "./plan.ts";
import type { ReadingGroup } from "./reading-group.ts";
import { compareRisk } from "./reading-group.ts";
import type { RepoPath } from "./repo-path.ts";
import { isReviewConfiguration } from "./review-configuration.ts";
import { assessRisk } from "./risk.ts";
import type { Settings } from "./settings.ts";
import { fileTokens } from "./token-estimate.ts";

/** A file that somebody must read, as a group of its own. */
export type Candidate = { readonly file: ChangedFile; readonly group: ReadingGroup };

export type Selection = {
  /** Sorted by path; with `skipped` every file of the change set exactly once. */
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly SkippedFile[];
  readonly notes: readonly string[];
};

/** Which changed files are read, and why the others are not. */
export function selectFiles(
  changeSet: ChangeSet,
  settings: Settings,
  headText: (path: RepoPath) => string | undefined,
  limits: PlanLimits,
  only?: { readonly paths: ReadonlySet<RepoPath>; readonly why: string },
): Selection {
  const rules = compilePathRules(settings);
  const candidates: Candidate[] = [];
  const skipped: SkippedFile[] = [];
  for (const file of changeSet.files.toSorted((a, b) => comparePaths(a.path, b.path))) {
    const text = headText(file.path);
    const attributes = changeSet.attributes.get(file.path);
    const unreadable = skipReason(file, { attributes, headText: text, rules, ceilingTokens: limits.ceilingTokens });
    const reason = unreadable ?? (only === undefined || only.paths.has(file.path) ? undefined : only.why);
    if (reason === undefined) candidates.push({ file, group: singleGroup(file, rules, changeSet, text) });
    else skipped.push({ path: file.path, reason });
  }
  const { kept, dropped } = keepRiskiest(candidates, settings.caps.files);
  return {
    candidates: kept,
    skipped: [...skipped, ...dropped].toSorted((a, b) => comparePaths(a.path, b.path)),
    notes: selectionNotes(changeSet, settings, dropped.length),
  };
}

function singleGroup(
  file: ChangedFile,
  rules: PathRules,
  changeSet: ChangeSet,
  headText: string | undefined,
): ReadingGroup {
  const profile = rules.profile(file.path);
  const depth = profile === undefined || profile.depth === "skip" ? undefined : profile.depth;
  const assessed = assessRisk(file, changeSet.attributes.get(file.path));
  const risk = depth === undefined ? assessed : { tier: depth, reason: "a profile of the settings says so" };
  const lenses = [...new Set(profile?.lenses ?? [])];
  return {
    files: [{ path: file.path, hunks: "all" }],
    lines: file.additions + file.deletions,
    tokens: fileTokens(file, headText),
    risk: risk.tier,
    riskReasons: risk.reason === "" ? [] : [risk.reason],
    lenses,
    key: `${lenses.toSorted().join(",")}|${depth ?? "by risk"}`,
    links: [],
    joined: "alone",
  };
}

function keepRiskiest(
  candidates: readonly Candidate[],
  cap: number,
): { readonly kept: readonly Candidate[]; readonly dropped: readonly SkippedFile[] } {
  if (candidates.length <= cap) return { kept: candidates, dropped: [] };
  const ranked = candidates.toSorted(
    (a, b) =>
      compareRisk(a.group.risk, b.group.risk) ||
      b.group.lines - a.group.lines ||
      comparePaths(a.file.path, b.file.path),
  );
  const reason = `Beyond caps.files (${cap}) of the settings; the riskier and larger changes were taken first.`;
  return {
    kept: ranked.slice(0, cap).toSorted((a, b) => comparePaths(a.file.path, b.file.path)),
    dropped: ranked.slice(cap).map(({ file }) => ({ path: file.path, reason })),
  };
}

function selectionNotes(changeSet: ChangeSet, settings: Settings, dropped: number): readonly string[] {
  const configuration = changeSet.files.filter(
    ({ path, previousPath }) =>
      isReviewConfiguration(path, settings.rules.directories) ||
      (previousPath !== undefined && isReviewConfiguration(previousPath, settings.rules.directories)),
  );
  const links = changeSet.files.flatMap((file) => {
    const target = escapingLinkTarget(file);
    return target === undefined ? [] : [`${file.path} links out of the repository, to ${JSON.stringify(target)}.`];
  });
  const headers = changeSet.files.filter((file) => addsGeneratedHeader(file)).map(({ path }) => path);
  return [
    ...(configuration.length > 0
      ? [
          `This change alters how reviews are done (${listPaths(configuration)}); it is reviewed as text and not applied.`,
        ]
      : []),
    ...links.toSorted(),
    ...headers
      .toSorted()
      .map((path) => `${path} declares itself generated in this very change; it is reviewed all the same.`),
    ...(dropped > 0 ? [`${count(dropped, "file")} not reviewed: caps.files is ${settings.caps.files}.`] : []),
    ...(changeSet.unlistedFiles > 0
      ? [
          `${count(changeSet.unlistedFiles, "changed file")} could not be listed (GitHub stops at 3,000) and are not reviewed.`,
        ]
      : []),
  ];
}

function listPaths(files: readonly ChangedFile[]): string {
  const paths = files.map(({ path }) => path).toSorted(comparePaths);
  return paths.length <= 5 ? paths.join(", ") : `${paths.slice(0, 5).join(", ")} and ${paths.length - 5} more`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
