import { loadOwnRules } from "../adapters/rules/load-rules.ts";
import { rulesRewriter } from "../adapters/rules/rewriter.ts";
import { installedDependencies } from "../adapters/sandbox/installed-dependencies.ts";
import { nodeProgram } from "../adapters/sandbox/node-program.ts";
import { sandboxChecker } from "../adapters/sandbox/sandbox-checker.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { type PreparedRefactor, prepareRefactor } from "../flow/refactor/prepare-refactor.ts";
import type { RefactorParts } from "../flow/refactor/run-refactor.ts";
import { writeByRules } from "../flow/refactor/write-by-rules.ts";
import type { Journal } from "../ports/journal.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { BundleLayout } from "./bundle-layout.ts";
import type { EngineChoice } from "./command-line.ts";
import { loadRecipe } from "./load-recipe.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** What one refactor is wired from; the doors fill it in from their arguments. */
export type RefactorOrder = {
  /** The tree to change, and the one that recipes are read from. */
  readonly base: Snapshot;
  readonly guidance: Snapshot;
  readonly recipe: string;
  /** In place of what the recipe says; undefined, or none, to take that. */
  readonly goal: string | undefined;
  readonly files: readonly string[];
  readonly check: readonly string[] | undefined;
  readonly engine: EngineChoice;
  readonly concurrency: number;
  readonly journal: Journal;
  readonly layout: BundleLayout;
  readonly sandbox: {
    /** A checkout whose `node_modules` the check may read; undefined for none. */
    readonly checkout: string | undefined;
    readonly temporaryFolder: string;
    readonly path: string;
    readonly redact: (text: string) => string;
  };
};

/** A refactor that is ready to run. Dispose it to end its workers and remove what the checks left on the disk. */
export type ComposedRefactor = AsyncDisposable & {
  readonly prepared: PreparedRefactor;
  readonly parts: RefactorParts;
  /** The check's argv; undefined when there is none. */
  readonly check: readonly string[] | undefined;
};

/** Checks that run at a time: a compiler takes a core or more each. */
const PARALLEL_CHECKS = 2;

/** @throws {ConfigurationError} no such recipe, no file to change, no rules for the rules engine, or a check that is none. */
export async function composeRefactor(order: RefactorOrder, signal: AbortSignal): Promise<ComposedRefactor> {
  const { base, guidance, layout, journal } = order;
  const loaded = await loadRecipe(order.recipe, guidance, layout.recipes, signal);
  const recipe = { ...loaded.recipe, goal: order.goal ?? loaded.recipe.goal };
  if (recipe.rules.length === 0 || order.engine === "claude") {
    throw new ConfigurationError(
      `The recipe ${recipe.name} ${recipe.rules.length === 0 ? "has no rules" : "is asked of claude"}: this version rewrites by ast-grep rules only. Choose a recipe with rules, and the engine rules or auto.`,
    );
  }
  const prepared = await prepareRefactor(base, { recipe, files: order.files }, signal);
  const { ruleAssets: assets, rulesWorker: workerUrl } = layout;
  const own = await loadOwnRules({ assets, repository: loaded.ruleFiles, signal, workerUrl });
  const check = order.check ?? recipe.check;
  await using stack = new AsyncDisposableStack();
  const rewriter = stack.use(rulesRewriter({ rules: own.rules.map(({ rule }) => rule), assets, workerUrl }));
  const checker = check === undefined ? undefined : stack.use(await checkerFor(order, check, signal));
  const parts: RefactorParts = {
    engine: "rules",
    write: writeByRules({ base, named: prepared.named, rewriter, clock: SYSTEM_CLOCK }),
    asksAgain: false,
    checker,
    concurrency: order.concurrency,
    journal,
    clock: SYSTEM_CLOCK,
  };
  const release = stack.move();
  return { prepared, parts, check, [Symbol.asyncDispose]: () => release.disposeAsync() };
}

async function checkerFor(
  { base, sandbox }: RefactorOrder,
  command: readonly string[],
  signal: AbortSignal,
): Promise<ReturnType<typeof sandboxChecker>> {
  const { checkout } = sandbox;
  const dependencies = checkout === undefined ? [] : await installedDependencies(checkout, await base.list(signal));
  return sandboxChecker({
    command,
    sandbox: "required",
    dependencies,
    node: await nodeProgram(process.execPath),
    temporaryDirectory: sandbox.temporaryFolder,
    path: sandbox.path,
    redact: sandbox.redact,
    parallel: PARALLEL_CHECKS,
  });
}
