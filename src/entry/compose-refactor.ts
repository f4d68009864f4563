import { loadOwnRules } from "../adapters/rules/load-rules.ts";
import { rulesRewriter } from "../adapters/rules/rewriter.ts";
import { installedDependencies } from "../adapters/sandbox/installed-dependencies.ts";
import { nodeProgram } from "../adapters/sandbox/node-program.ts";
import { sandboxChecker } from "../adapters/sandbox/sandbox-checker.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { WriteDraft } from "../flow/refactor/draft.ts";
import { type PreparedRefactor, prepareRefactor } from "../flow/refactor/prepare-refactor.ts";
import type { RefactorParts } from "../flow/refactor/run-refactor.ts";
import { writeByClaude } from "../flow/refactor/write-by-claude.ts";
import { writeByRules } from "../flow/refactor/write-by-rules.ts";
import type { Journal } from "../ports/journal.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import { purseOf } from "../subagent/purse.ts";
import type { BundleLayout } from "./bundle-layout.ts";
import type { EngineChoice } from "./command-line.ts";
import { modelOf } from "./compose-review.ts";
import { chooseEngine, type ClaudeAccess, type ClaudeWish, concurrencyFor } from "./engine-choice.ts";
import { type LoadedRecipe, loadRecipe } from "./load-recipe.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** What one refactor is wired from; the doors fill it in from their arguments. */
export type RefactorOrder = {
  /** The tree to change, and the one that recipes are read from. */
  readonly base: Snapshot;
  readonly guidance: Snapshot;
  /** Its name; `refactor` where a goal alone is given. */
  readonly recipe: string;
  /** In place of what the recipe says; undefined, or none, to take that. */
  readonly goal: string | undefined;
  readonly files: readonly string[];
  readonly contextFiles: readonly string[];
  readonly check: readonly string[] | undefined;
  readonly engine: EngineChoice;
  readonly claude: ClaudeWish;
  readonly budgetUsd: number;
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

/** The recipe of a goal that needs none. */
export const PLAIN_RECIPE = "refactor";

/** Checks that run at a time: a compiler takes a core or more each. */
const PARALLEL_CHECKS = 2;

/** @throws {ConfigurationError} no such recipe, no file to change, no rules for the rules engine, or a check that is none. */
export async function composeRefactor(order: RefactorOrder, signal: AbortSignal): Promise<ComposedRefactor> {
  const { base, guidance, layout, journal } = order;
  const loaded = await loadRecipe(order.recipe, guidance, layout.recipes, signal);
  const recipe = { ...loaded.recipe, goal: order.goal ?? loaded.recipe.goal };
  const claude = engineFor(order, recipe.name, recipe.rules.length > 0);
  const prepared = await prepareRefactor(base, { recipe, files: order.files }, signal);
  const check = order.check ?? recipe.check;
  await using stack = new AsyncDisposableStack();
  const checker = check === undefined ? undefined : stack.use(await checkerFor(order, check, signal));
  const write =
    claude === undefined
      ? await byRules(prepared, loaded, layout, stack, signal)
      : await writeByClaude(
          {
            prepared,
            guidance,
            contextFiles: order.contextFiles.length > 0 ? order.contextFiles : recipe.context,
            engine: {
              model: modelOf(claude, order.concurrency),
              modelId: claude.modelId,
              effort: claude.effort,
              purse: purseOf(order.budgetUsd),
            },
            checker,
            journal,
            clock: SYSTEM_CLOCK,
          },
          signal,
        );
  const parts: RefactorParts = {
    engine: claude === undefined ? "rules" : "claude",
    write,
    asksAgain: claude !== undefined,
    checker,
    concurrency: concurrencyFor(claude, order.concurrency),
    journal,
    clock: SYSTEM_CLOCK,
  };
  const release = stack.move();
  return { prepared, parts, check, [Symbol.asyncDispose]: () => release.disposeAsync() };
}

/** Rules do what they can do; only who asks for claude gets claude in place of them. Undefined: the rules engine. */
function engineFor(order: RefactorOrder, recipe: string, hasRules: boolean): ClaudeAccess | undefined {
  if (hasRules && order.engine !== "claude") return undefined;
  const claude = chooseEngine(order.engine, order.claude);
  if (claude !== undefined) return claude;
  throw new ConfigurationError(
    `The recipe ${recipe} has no rules that rewrite, so it takes the claude engine: ${order.claude.howToSet}`,
  );
}

async function byRules(
  prepared: PreparedRefactor,
  { ruleFiles }: LoadedRecipe,
  { ruleAssets: assets, rulesWorker: workerUrl }: BundleLayout,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<WriteDraft> {
  const own = await loadOwnRules({ assets, repository: ruleFiles, signal, workerUrl });
  const rewriter = stack.use(rulesRewriter({ rules: own.rules.map(({ rule }) => rule), assets, workerUrl }));
  return writeByRules({ base: prepared.base, named: prepared.named, rewriter, clock: SYSTEM_CLOCK });
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
