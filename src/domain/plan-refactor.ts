import type { EditSubtask } from "./edit-subtask.ts";
import { importGraph } from "./import-graph.ts";
import { compileGlobs } from "./path-globs.ts";
import { comparePaths } from "./path-parts.ts";
import type { SkippedFile } from "./plan.ts";
import { isProtectedPath } from "./protected-path.ts";
import type { RepoPath } from "./repo-path.ts";
import { isSharedFile } from "./shared-file.ts";
import type { Budget, ToolName } from "./subtask.ts";
import { assignWaves } from "./waves.ts";
import { firstOverlap } from "./write-scope.ts";
import { writtenPaths } from "./written-paths.ts";

/** What a plan is made of: one tree, what is asked for, and the limits. */
export type RefactorFacts = {
  /** Every path of the base tree, sorted. */
  readonly entries: readonly {
    readonly path: RepoPath;
    readonly kind: "file" | "symlink" | "submodule";
    readonly executable: boolean;
    readonly size?: number;
  }[];
  /** The text of a path of the tree; undefined where it is none, or was not loaded. */
  readonly text: (path: RepoPath) => string | undefined;
  readonly files: readonly string[];
  /** Globs that a person wrote in the dispatch: only they can name a protected path. */
  readonly named: readonly string[];
  /** See `Recipe.writes`. */
  readonly writes: readonly string[];
  readonly tools: readonly ToolName[];
  readonly budget: Budget;
  /** Where it is known before: what the writer will do with a file, by path. */
  readonly foreseen?: ReadonlyMap<RepoPath, Foreseen>;
};

/** `left`: it is the writer's to say why it leaves the file as it is. `untouched`: it has nothing to do with the file at all. */
export type Foreseen = "edited" | "left" | "untouched";

/** The fan-out of a refactor, as `Plan` is that of a review; write scopes are disjoint. */
export type RefactorPlan = {
  readonly subtasks: readonly EditSubtask[];
  /** Selected paths that nobody changes. Sorted by path. */
  readonly skipped: readonly SkippedFile[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
};

const UNTOUCHED = "None of the rules applies to it.";
/** More edited files than this in one run are more than a person can look through, even in several pull requests. */
const MOST_FILES = 500;
/** Larger files do not fit in front of one writer together with what they need to know. */
const LARGEST_FILE_BYTES = 400_000;
/** A cycle of more files than this is not given to one writer: it could not hold them all. */
const MOST_CYCLE_MEMBERS = 8;

/**
 * One subtask a file, files of an import cycle together, in waves along the imports among them; files that many share go to one
 * last subtask. Every path that the globs select is in exactly one subtask, or in `skipped` with the reason.
 */
export function planRefactor(facts: RefactorFacts): RefactorPlan {
  const { chosen, skipped, warnings } = selectTargets(facts);
  const shared = chosen.length > 1 ? chosen.filter((path) => isSharedFile(path, facts.text(path) ?? "")) : [];
  const own = chosen.filter((path) => !shared.includes(path));
  const { steps, notes } = stepsOf(own, facts);
  const subtasks = steps.map((step, index) => subtaskOf(facts, step, index, steps));
  if (shared.length > 0) {
    const dependsOn = subtasks.map(({ id }) => id);
    const wave = subtasks.reduce((last, subtask) => Math.max(last, subtask.wave + 1), 0);
    subtasks.push({
      ...subtaskOf(facts, { members: shared, wave, dependsOn: [] }, subtasks.length, []),
      dependsOn,
      integrates: true,
      why: "shared by other files of this change, so they are written last, by one hand",
    });
  }
  const overlap = firstOverlap(subtasks.map(({ scope }) => scope));
  if (overlap !== undefined) throw new Error(`two subtasks may write ${overlap.what}`);
  return { subtasks, skipped, notes, warnings };
}

/** The selected files that can be changed, and why the others cannot. */
function selectTargets(facts: RefactorFacts): {
  readonly chosen: readonly RepoPath[];
  readonly skipped: readonly SkippedFile[];
  readonly warnings: readonly string[];
} {
  const globs = compileGlobs(facts.files);
  const named = compileGlobs(facts.named);
  const selected = facts.entries.filter(({ path }) => globs.matches(path));
  const chosen: RepoPath[] = [];
  let edited = 0;
  const owners = new Map<RepoPath, RepoPath>();
  const skipped: SkippedFile[] = [];
  for (const entry of selected) {
    const writes = writtenPaths([entry.path], facts.writes);
    const foreseen = facts.foreseen?.get(entry.path) ?? "edited";
    const taken = writes.map((path) => owners.get(path)).find((owner) => owner !== undefined);
    const reason =
      unfitReason(entry, facts, named.names(entry.path)) ??
      (taken === undefined ? undefined : `What is written for it is written for ${taken} already.`) ??
      (foreseen === "untouched" ? UNTOUCHED : undefined) ??
      (foreseen === "left" || edited < MOST_FILES
        ? undefined
        : `One run changes at most ${MOST_FILES} files; run again for the rest.`);
    if (reason !== undefined) {
      skipped.push({ path: entry.path, reason });
      continue;
    }
    chosen.push(entry.path);
    if (foreseen === "edited") edited += 1;
    for (const path of writes) owners.set(path, entry.path);
  }
  const unused = globs.unused(facts.entries.map(({ path }) => path));
  const warnings = unused.map((glob) => `No file of the tree matches ${glob}.`);
  return { chosen, skipped: skipped.toSorted((a, b) => comparePaths(a.path, b.path)), warnings };
}

function unfitReason(
  entry: RefactorFacts["entries"][number],
  facts: RefactorFacts,
  isNamed: boolean,
): string | undefined {
  const { path } = entry;
  if (entry.kind !== "file") return entry.kind === "symlink" ? "A link, not a file." : "A submodule, not a file.";
  if (!isNamed && (isProtectedPath(path) || entry.executable)) {
    return "Protected: it can run code or steer tools. Name the file itself, without a glob, to have it changed.";
  }
  if ((entry.size ?? 0) > LARGEST_FILE_BYTES) return `Larger than ${LARGEST_FILE_BYTES / 1000} kB.`;
  if (facts.text(path) === undefined) return "Not a text file.";
  return undefined;
}

type Step = { readonly members: readonly RepoPath[]; readonly wave: number; readonly dependsOn: readonly number[] };

/** Waves over the imports among the files; a cycle too large for one writer is done file by file, at the same time. */
function stepsOf(
  paths: readonly RepoPath[],
  facts: RefactorFacts,
): { readonly steps: readonly Step[]; readonly notes: readonly string[] } {
  const graph = importGraph(paths, facts.text);
  const cycles = assignWaves(graph).filter(({ members }) => members.length > MOST_CYCLE_MEMBERS);
  const sizeOfCycle = new Map(cycles.flatMap(({ members }, index) => members.map((path) => [path, index])));
  const cut = new Map(
    [...graph].map(([path, targets]) => {
      const cycle = sizeOfCycle.get(path);
      return [path, cycle === undefined ? targets : targets.filter((target) => sizeOfCycle.get(target) !== cycle)];
    }),
  );
  const notes = cycles.map(
    ({ members }) =>
      `${members.length} files import each other in a circle (${members[0] ?? ""} among them): too many for one writer, so each has its own, which do not see each other's results.`,
  );
  return { steps: assignWaves(cut), notes };
}

function subtaskOf(facts: RefactorFacts, step: Step, index: number, steps: readonly Step[]): EditSubtask {
  const [first = "", ...others] = step.members;
  const after = step.dependsOn.flatMap((at) => steps[at]?.members ?? []);
  return {
    id: `s${index + 1}`,
    description: others.length === 0 ? first : `${first} and ${others.length} more`,
    lens: "refactor",
    phase: "writer",
    files: step.members.map((path) => ({ path, hunks: "all" as const })),
    risk: "normal",
    tools: facts.tools,
    budget: facts.budget,
    dependsOn: step.dependsOn.map((at) => `s${at + 1}`),
    wave: step.wave,
    why: whyOf(step, after),
    scope: { paths: writtenPaths(step.members, facts.writes), newFiles: [] },
    integrates: false,
  };
}

function whyOf(step: Step, after: readonly RepoPath[]): string {
  const together = step.members.length > 1 ? "import each other, so one hand changes them" : "on its own";
  return after.length === 0 ? together : `${together}; waits for ${after.join(", ")}, which it imports`;
}
