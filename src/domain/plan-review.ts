import type { ChangeSet } from "./change-set.ts";
import { groupFiles } from "./group-files.ts";
import { importGraph } from "./import-graph.ts";
import { packGroups } from "./pack-groups.ts";
import type { PlanLimits } from "./plan-limits.ts";
import { floorFor, REVIEW_LIMITS, RULES_LIMITS } from "./plan-limits.ts";
import type { Plan } from "./plan.ts";
import type { ReadingGroup } from "./reading-group.ts";
import { compareGroups, compareRisk } from "./reading-group.ts";
import { relationsAmong } from "./related-files.ts";
import type { RepoPath } from "./repo-path.ts";
import type { Candidate } from "./select-files.ts";
import { DEFAULT_LENS, selectFiles } from "./select-files.ts";
import type { Settings } from "./settings.ts";
import { splitFile } from "./split-file.ts";
import { allowanceFor, NO_ALLOWANCE } from "./subtask-budget.ts";
import { describeGroup, explainGroup } from "./subtask-text.ts";
import type { Subtask } from "./subtask.ts";
import { isTest } from "./test-subject.ts";

export type ReviewPlanInput = {
  /** After `cutLongHunks`; without it a hunk above the ceiling is left out, and its file is partial. */
  readonly changeSet: ChangeSet;
  readonly settings: Settings;
  /** Head texts of the changed files, already loaded; undefined for what has none or was too large to load. */
  readonly headText: (path: RepoPath) => string | undefined;
  readonly engine: "claude" | "rules";
  /** For tests and experiments; by default what suits the engine. */
  readonly limits?: PlanLimits;
};

/**
 * The whole review as subtasks, without a model: filter, relate, group, pack, split. Every changed file is in a subtask or skipped with
 * a reason, never both; every hunk of a file that is read is in a subtask for each lens of the file, but for hunks that alone exceed
 * the ceiling. The same change gives the same plan, whatever the order of its files. Subtasks are independent of each other and
 * ordered riskiest first, then longest first: that order ends soonest on few slots, and a budget that runs out spends best.
 */
export function planReview(input: ReviewPlanInput): Plan {
  const { changeSet, settings, headText, engine } = input;
  const limits = input.limits ?? (engine === "rules" ? RULES_LIMITS : REVIEW_LIMITS);
  const selection = selectFiles(changeSet, settings, headText, limits);
  const groups = groupCandidates(selection.candidates, headText, limits);
  const subtasks = toSubtasks(groups, engine);
  return { subtasks, skipped: selection.skipped, notes: [...shapeNotes(groups, subtasks), ...selection.notes] };
}

function groupCandidates(
  candidates: readonly Candidate[],
  headText: (path: RepoPath) => string | undefined,
  limits: PlanLimits,
): readonly ReadingGroup[] {
  const totalLines = candidates.reduce((sum, { group }) => sum + group.lines, 0);
  const floorLines = floorFor(totalLines, limits);
  const singles = candidates.map(({ group }) => group).filter(({ tokens }) => tokens <= limits.ceilingTokens);
  const parts = candidates
    .filter(({ group }) => group.tokens > limits.ceilingTokens)
    .flatMap((candidate) => partsOf(candidate, limits));
  const paths = singles.flatMap(({ files }) => files.map(({ path }) => path));
  const relations = relationsAmong(paths, importGraph(paths, headText), limits.hubDegree);
  const related = groupFiles(singles, relations, limits, floorLines);
  // In a small change tiers mix: one subagent at the highest tier is cheaper than two.
  const keyed = related.map((group) => {
    const settled = lightenTests(group, limits);
    return totalLines <= limits.wholeChangeLines ? settled : { ...settled, key: `${settled.key}|${settled.risk}` };
  });
  return [...packGroups(keyed, limits, floorLines), ...parts];
}

function partsOf({ file, group }: Candidate, limits: PlanLimits): readonly ReadingGroup[] {
  const parts = splitFile(file, limits.ceilingTokens);
  return parts.map(({ hunks, lines, tokens }, index) => ({
    ...group,
    files: [{ path: file.path, hunks }],
    lines,
    tokens,
    joined: "part",
    part: { index: index + 1, of: parts.length },
  }));
}

function lightenTests(group: ReadingGroup, limits: PlanLimits): ReadingGroup {
  const isSmallTest =
    group.risk === "normal" &&
    group.riskReason === "" &&
    group.lines <= limits.lightTestLines &&
    group.files.every(({ path }) => isTest(path));
  return isSmallTest ? { ...group, risk: "light", riskReason: "a small change of tests alone" } : group;
}

function toSubtasks(groups: readonly ReadingGroup[], engine: ReviewPlanInput["engine"]): readonly Subtask[] {
  return groups
    .toSorted((a, b) => compareRisk(a.risk, b.risk) || b.tokens - a.tokens || compareGroups(a, b))
    .flatMap((group) => group.lenses.map((lens) => ({ group, lens })))
    .map(({ group, lens }, index) => ({
      id: `s${index + 1}`,
      description: `${describeGroup(group)}${lens === DEFAULT_LENS ? "" : `, ${lens}`}`,
      lens,
      files: group.files,
      risk: group.risk,
      ...(engine === "rules" ? NO_ALLOWANCE : allowanceFor(group.risk, group.tokens)),
      dependsOn: [],
      wave: 0,
      why: explainGroup(group),
    }));
}

function shapeNotes(groups: readonly ReadingGroup[], subtasks: readonly Subtask[]): readonly string[] {
  if (subtasks.length === 0) return ["Nothing to review: no changed file is left to read."];
  const of = (joined: ReadingGroup["joined"]): readonly ReadingGroup[] =>
    groups.filter((group) => group.joined === joined);
  const split = new Set(of("part").map(({ files }) => files[0]?.path)).size;
  const notes = [
    subtasks.length === 1
      ? "One subtask: the change is small enough for one reader."
      : `${subtasks.length} subtasks in one wave: a review only reads, so none waits for another.`,
  ];
  if (of("related").length > 0)
    notes.push(`${of("related").length} of the groups hold files that belong together (tests, imports, names).`);
  if (of("packed").length > 0)
    notes.push(`${of("packed").length} of the groups pack small changes that are not worth a subagent each.`);
  if (split > 0) notes.push(`${split} large files were split into ${of("part").length} parts.`);
  return notes;
}
