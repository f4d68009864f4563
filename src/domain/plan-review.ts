import type { ChangeSet } from "./change-set.ts";
import { type LensChoice, lensesFor } from "./choose-lenses.ts";
import { groupFiles } from "./group-files.ts";
import { importGraph } from "./import-graph.ts";
import type { Lens } from "./lens.ts";
import { packGroups } from "./pack-groups.ts";
import type { PlanLimits } from "./plan-limits.ts";
import { floorFor, REVIEW_LIMITS, RULES_LIMITS } from "./plan-limits.ts";
import { planNotes } from "./plan-notes.ts";
import { contractPass, type FoundGroup, gapPasses } from "./plan-passes.ts";
import type { Plan } from "./plan.ts";
import type { ReadingGroup } from "./reading-group.ts";
import { compareGroups, compareRisk } from "./reading-group.ts";
import { relationsAmong } from "./related-files.ts";
import type { RepoPath } from "./repo-path.ts";
import type { Candidate } from "./select-files.ts";
import { selectFiles } from "./select-files.ts";
import { DEFAULT_LENS, type Settings } from "./settings.ts";
import { splitFile } from "./split-file.ts";
import { allowanceFor, narrowed, NO_ALLOWANCE } from "./subtask-budget.ts";
import { describeGroups, explainGroup } from "./subtask-text.ts";
import type { Subtask } from "./subtask.ts";
import { isTest } from "./test-subject.ts";

export type ReviewPlanInput = {
  /** After `cutLongHunks`; without it a hunk above the ceiling is left out, and its file is partial. */
  readonly changeSet: ChangeSet;
  readonly settings: Settings;
  /** Head texts of the changed files, already loaded; undefined for what has none or was too large to load. */
  readonly headText: (path: RepoPath) => string | undefined;
  readonly engine: "claude" | "rules";
  /** The lenses that the request names; then every group is read with these, and there are no further passes. */
  readonly requestedLenses?: readonly string[] | undefined;
  /** The repository's own lenses. */
  readonly lenses?: readonly Lens[];
  /** All that is to be read; the other files are skipped for that reason. Absent: everything. */
  readonly only?: { readonly paths: ReadonlySet<RepoPath>; readonly why: string };
  /** For tests and experiments; by default what suits the engine. */
  readonly limits?: PlanLimits;
};

/**
 * The whole review as subtasks, without a model: filter, relate, group, pack, split. Every changed file is in a subtask or skipped with
 * a reason, never both; every hunk of a file that is read is in a subtask for each lens of the file, but for hunks that alone exceed
 * the ceiling. The same change gives the same plan, whatever the order of its files. Finders are independent of each other and
 * ordered riskiest first, then longest first: that order ends soonest on few slots, and a budget that runs out spends best. Groups in
 * depth have several finders with different lenses. A gap pass waits for the finders of its group, the contract pass for nothing.
 */
export function planReview(input: ReviewPlanInput): Plan {
  const { changeSet, settings, headText, engine } = input;
  const limits = input.limits ?? (engine === "rules" ? RULES_LIMITS : REVIEW_LIMITS);
  const { candidates, skipped, notes } = selectFiles(changeSet, settings, headText, limits, input.only);
  const isLarge = ({ group }: Candidate): boolean => group.tokens > limits.ceilingTokens;
  const totalLines = candidates.reduce((sum, { group }) => sum + group.lines, 0);
  const singles = candidates.filter((candidate) => !isLarge(candidate)).map(({ group }) => group);
  const parts = candidates.filter(isLarge).map((candidate) => partsOf(candidate, limits));
  const groups = [...groupSingles(singles, totalLines, headText, limits), ...parts.flatMap((part) => part.groups)];
  const found = toFinders(groups, input);
  const finders = found.flatMap(({ finders: each }) => each);
  const subtasks = [...finders, ...passes(found, finders, input)];
  const gaps = parts.flatMap(({ note }) => note);
  return { subtasks, skipped, notes: planNotes(groups, subtasks), warnings: [...gaps, ...notes] };
}

function groupSingles(
  singles: readonly ReadingGroup[],
  totalLines: number,
  headText: (path: RepoPath) => string | undefined,
  limits: PlanLimits,
): readonly ReadingGroup[] {
  const floorLines = floorFor(totalLines, limits);
  const paths = singles.flatMap(({ files }) => files.map(({ path }) => path));
  const relations = relationsAmong(paths, importGraph(paths, headText), limits);
  const related = groupFiles(singles, relations, limits, floorLines);
  // In a small change tiers mix: one subagent at the highest tier is cheaper than two.
  const keyed = related.map((group) => {
    const settled = lightenTests(group, limits);
    return totalLines <= limits.wholeChangeLines ? settled : { ...settled, key: `${settled.key}|${settled.risk}` };
  });
  return packGroups(keyed, limits, floorLines);
}

function partsOf(
  { file, group }: Candidate,
  limits: PlanLimits,
): { readonly groups: readonly ReadingGroup[]; readonly note: readonly string[] } {
  const parts = splitFile(file, limits.ceilingTokens);
  const largest = parts.reduce((most, { tokens }) => Math.max(most, tokens), 0);
  const unread = file.hunks.length - parts.reduce((sum, { hunks }) => sum + hunks.length, 0);
  const blocks = unread === 1 ? "1 block of it is" : `${unread} blocks of it are`;
  return {
    note: unread === 0 ? [] : [`${file.path} is read in part: ${blocks} too large for one subagent.`],
    groups: parts.map(({ hunks, lines, tokens }, index) => ({
      ...group,
      files: [{ path: file.path, hunks }],
      lines,
      tokens,
      joined: "part",
      part: { index: index + 1, of: parts.length, largest },
    })),
  };
}

function lightenTests(group: ReadingGroup, limits: PlanLimits): ReadingGroup {
  const isSmallTest =
    group.risk === "normal" &&
    group.riskReasons.length === 0 &&
    group.lines <= limits.lightTestLines &&
    group.files.every(({ path }) => isTest(path));
  return isSmallTest ? { ...group, risk: "light", riskReasons: ["a small change of tests alone"] } : group;
}

/** Parts of one file stay together and in order. */
function weightOf(group: ReadingGroup): number {
  return group.part?.largest ?? group.tokens;
}

function toFinders(groups: readonly ReadingGroup[], input: ReviewPlanInput): readonly FoundGroup[] {
  const { changeSet, settings, engine, lenses: own = [] } = input;
  const ordered = groups.toSorted(
    (a, b) => compareRisk(a.risk, b.risk) || weightOf(b) - weightOf(a) || compareGroups(a, b),
  );
  const descriptions = describeGroups(ordered);
  const choice: LensChoice = {
    quality: settings.quality,
    requested: input.requestedLenses,
    own,
    files: new Map(changeSet.files.map((file) => [file.path, file])),
  };
  let number = 0;
  return ordered.map((group, index): FoundGroup => {
    // Detectors see the same whatever the lens.
    const lenses = engine === "rules" ? [DEFAULT_LENS] : lensesFor(group, choice);
    const description = descriptions[index] ?? "";
    const finders = lenses.map((lens) => ({
      id: `s${++number}`,
      description: `${description}${lens === DEFAULT_LENS ? "" : `, ${lens}`}`,
      lens,
      files: group.files,
      risk: group.risk,
      ...(engine === "rules"
        ? NO_ALLOWANCE
        : narrowed(
            allowanceFor(group.risk, group.tokens),
            own.find(({ name }) => name === lens),
          )),
      dependsOn: [],
      wave: 0,
      why: explainGroup(group),
    }));
    return { group, description, finders };
  });
}

function passes(found: readonly FoundGroup[], finders: readonly Subtask[], input: ReviewPlanInput): readonly Subtask[] {
  const { quality } = input.settings;
  if (input.engine === "rules" || (input.requestedLenses ?? []).length > 0) return [];
  const readPaths = new Set(finders.flatMap(({ files }) => files.map(({ path }) => path)));
  const contract = quality.contractPass === "on" ? contractPass(input.changeSet, readPaths, finders.length + 1) : [];
  const gaps = quality.gapPass === "on" ? gapPasses(found, finders.length + contract.length + 1) : [];
  return [...contract, ...gaps];
}
