import { ConfigurationError } from "../../domain/errors.ts";
import type { FixOrder } from "../../domain/fix-order.ts";
import { compileGlobs } from "../../domain/path-globs.ts";
import { type Foreseen, planRefactor, type RefactorPlan } from "../../domain/plan-refactor.ts";
import type { Recipe } from "../../domain/recipe.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Budget } from "../../domain/subtask.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { readTexts } from "../read-texts.ts";

/** What is asked for: a recipe, with what the request says in place of it. */
export type RefactorRequest = {
  readonly recipe: Recipe;
  /** Globs that a person wrote in this request; [] to take the recipe's. */
  readonly files: readonly string[];
  /** Where a person named protected files; `files` unless given. */
  readonly named?: readonly string[];
  /** Present where the writer is deterministic: tells what it will do, so that only files it edits count against the limit. */
  readonly foresee?: Foresee;
};

/** What the writer will do with each of these files. Spends nothing. */
export type Foresee = (
  texts: ReadonlyMap<RepoPath, string>,
  signal: AbortSignal,
) => Promise<ReadonlyMap<RepoPath, Foreseen>>;

/** Everything that is decided before the first writer starts. */
export type PreparedRefactor = {
  readonly base: Snapshot;
  readonly recipe: Recipe;
  readonly plan: RefactorPlan;
  /** Text of the selected files. */
  readonly texts: ReadonlyMap<RepoPath, string>;
  /** Protected and executable files that a person named. */
  readonly named: ReadonlySet<RepoPath>;
  /** Present when findings of an earlier run are to be fixed. */
  readonly fixes?: FixOrder;
};

/** What one writer may use. */
const BUDGET: Budget = { turns: 24, tokens: 1_500_000, outputTokens: 16_000 };

/**
 * Reads the tree and makes the plan. Spends nothing.
 * @throws {ConfigurationError} no file to change; the text says which globs matched nothing and what was left out.
 */
export async function prepareRefactor(
  base: Snapshot,
  { recipe, files: asked, named: byPerson = asked, foresee }: RefactorRequest,
  signal: AbortSignal,
): Promise<PreparedRefactor> {
  const files = asked.length > 0 ? asked : recipe.files;
  if (files.length === 0) {
    throw new ConfigurationError("There is no file to change: give globs of files, or a recipe that has them");
  }
  const entries = await base.list(signal);
  const globs = compileGlobs(files);
  const selected = entries.filter(({ path, kind }) => kind === "file" && globs.matches(path)).map(({ path }) => path);
  const texts = await readTexts(base, selected, signal);
  const foreseen = await foresee?.(texts, signal);
  const plan = planRefactor({
    entries,
    text: (path) => texts.get(path),
    files,
    named: byPerson,
    writes: recipe.writes,
    tools: [],
    budget: BUDGET,
    ...(foreseen === undefined ? {} : { foreseen }),
  });
  const isDoneAlready = foreseen?.values().some((what) => what === "untouched") === true;
  if (plan.subtasks.length === 0 && !isDoneAlready) {
    const reasons = [...plan.warnings, ...plan.skipped.map(({ path, reason }) => `${path}: ${reason}`)];
    throw new ConfigurationError(["There is no file to change:", ...reasons.slice(0, 20)].join("\n  "));
  }
  const byName = compileGlobs(byPerson);
  const named = new Set(entries.map(({ path }) => path).filter((path) => byName.names(path)));
  return { base, recipe, plan, texts, named };
}
