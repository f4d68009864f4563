import { rulesDetector } from "../adapters/rules/detector.ts";
import { loadOwnRules } from "../adapters/rules/load-rules.ts";
import { rulesRewriter } from "../adapters/rules/rewriter.ts";
import { installedDependencies } from "../adapters/sandbox/installed-dependencies.ts";
import { nodeProgram } from "../adapters/sandbox/node-program.ts";
import { sandboxChecker } from "../adapters/sandbox/sandbox-checker.ts";
import { sandboxFormatter } from "../adapters/sandbox/sandbox-formatter.ts";
import type { SandboxOptions } from "../adapters/sandbox/sandbox-options.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { FIX_RECIPE } from "../domain/fix-order.ts";
import type { Settings } from "../domain/settings.ts";
import type { Checkpoint } from "../flow/checkpoint/checkpoint.ts";
import type { ClaudeEngine } from "../flow/claude-engine.ts";
import type { WriteDraft } from "../flow/refactor/draft.ts";
import { prepareFixes } from "../flow/refactor/prepare-fixes.ts";
import { type PreparedRefactor, prepareRefactor } from "../flow/refactor/prepare-refactor.ts";
import { reviewEdits } from "../flow/refactor/review-edits.ts";
import type { RefactorParts } from "../flow/refactor/run-refactor.ts";
import { writeByClaude } from "../flow/refactor/write-by-claude.ts";
import { writeByFixes } from "../flow/refactor/write-by-fixes.ts";
import { foreseeByRules, writeByRules } from "../flow/refactor/write-by-rules.ts";
import type { Detector } from "../ports/detector.ts";
import type { Journal } from "../ports/journal.ts";
import type { Rewriter } from "../ports/rewriter.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import { purseOf } from "../subagent/purse.ts";
import type { BundleLayout } from "./bundle-layout.ts";
import { modelOf, settingsIn } from "./compose-review.ts";
import { chooseEngine, type ClaudeAccess, type ClaudeWish, concurrencyFor } from "./engine-choice.ts";
import { keepRefactor, type RefactorKeeping } from "./keep-refactor.ts";
import { type LoadedRecipe, loadRecipe } from "./load-recipe.ts";
import type { EngineChoice } from "./option-values.ts";
import { repositoryRules } from "./repository-rules.ts";
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
  /** Findings to fix, in their files as these are in `base`; undefined for a change that a goal or recipe describes. */
  readonly findings: readonly Finding[] | undefined;
  /** The command that the whole change must pass; from the workflow or the command line, never from a repository. */
  readonly check: readonly string[] | undefined;
  /** The command that formats the changed files before they are checked; as `check`. */
  readonly formatter: readonly string[] | undefined;
  /** Whether fresh reviewers look at the whole change before it is offered. */
  readonly reviews: boolean;
  /** The settings file, for the rules and for what reviewers are told. */
  readonly settingsPath: string;
  readonly engine: EngineChoice;
  readonly claude: ClaudeWish;
  readonly budgetUsd: number;
  readonly concurrency: number;
  readonly journal: Journal;
  /** How it is kept; absent when it is not. */
  readonly keeping?: RefactorKeeping | undefined;
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
  /** Absent when nothing is kept. */
  readonly checkpoint: Checkpoint | undefined;
};

/** The recipe of a goal that needs none. */
export const PLAIN_RECIPE = "refactor";

/** Checks that run at a time: a compiler takes a core or more each. */
const PARALLEL_CHECKS = 2;

/** @throws {ConfigurationError} no such recipe, no file to change, no rules for the rules engine, or a check that is none. */
export async function composeRefactor(order: RefactorOrder, signal: AbortSignal): Promise<ComposedRefactor> {
  const { base, guidance, layout, journal } = order;
  const { check, findings } = order;
  const loaded = await loadRecipe(order.recipe, guidance, layout.recipes, signal);
  const recipe = { ...loaded.recipe, goal: order.goal ?? goalOf(loaded.recipe.goal, findings) };
  if (recipe.name === FIX_RECIPE && findings === undefined) {
    throw new ConfigurationError(
      `The recipe ${FIX_RECIPE} needs findings: name the findings.json of a review or audit`,
    );
  }
  const claude = engineFor(order, recipe.name, recipe.rules.length > 0);
  await using stack = new AsyncDisposableStack();
  const rewriter =
    claude === undefined && findings === undefined ? stack.use(await rewriterFor(order, loaded, signal)) : undefined;
  const foresee = rewriter === undefined ? {} : { foresee: foreseeByRules(rewriter) };
  const prepared =
    findings === undefined
      ? await prepareRefactor(base, { recipe, files: order.files, ...foresee }, signal)
      : await prepareFixes(base, { recipe, findings, named: order.files }, signal);
  const checker = check === undefined ? undefined : stack.use(sandboxChecker(await sandboxFor(order, check, signal)));
  const concurrency = concurrencyFor(claude, order.concurrency);
  const settings = await settingsIn(guidance, order.settingsPath, signal);
  const { prices } = settings;
  const checkpoint =
    order.keeping === undefined ? undefined : await keepRefactor(order.keeping, prepared, { claude, prices }, signal);
  if (checkpoint !== undefined) stack.use(checkpoint);
  const engine = claude === undefined ? undefined : engineOf(order, claude, checkpoint);
  const detector =
    order.reviews || findings !== undefined ? stack.use(await detectorFor(order, settings, signal)) : undefined;
  const shared = { prepared, guidance, journal, clock: SYSTEM_CLOCK };
  const write =
    engine === undefined
      ? byRules(prepared, { detector, rewriter })
      : await writeByClaude(
          {
            ...shared,
            contextFiles: order.contextFiles.length > 0 ? order.contextFiles : recipe.context,
            engine,
            prices,
            checker,
          },
          signal,
        );
  const review =
    order.reviews && detector !== undefined
      ? reviewEdits({ ...shared, settings, engine: engine && forReviewers(engine), detector, concurrency })
      : undefined;
  const parts: RefactorParts = {
    engine: engine === undefined ? "rules" : "claude",
    write,
    asksAgain: engine !== undefined,
    checker,
    formatter:
      order.formatter === undefined ? undefined : sandboxFormatter(await sandboxFor(order, order.formatter, signal)),
    review,
    concurrency,
    journal,
    clock: SYSTEM_CLOCK,
  };
  const release = stack.move();
  return { prepared, parts, checkpoint, [Symbol.asyncDispose]: () => release.disposeAsync() };
}

function engineOf(order: RefactorOrder, claude: ClaudeAccess, checkpoint: Checkpoint | undefined): ClaudeEngine {
  const purse = purseOf(Math.max(0, order.budgetUsd - (checkpoint?.paidUsd ?? 0)));
  const { modelId, effort, isRegional } = claude;
  const engine = { model: modelOf(claude, order.concurrency), modelId, effort, isRegional, purse };
  return checkpoint === undefined ? engine : { ...engine, laneFor: (asker) => checkpoint.lane(asker, engine) };
}

/** Reviewers are numbered on their own, as the report has them. */
function forReviewers(engine: ClaudeEngine): ClaudeEngine {
  const { laneFor } = engine;
  return laneFor === undefined ? engine : { ...engine, laneFor: (asker) => laneFor(`review-${asker}`) };
}

/** The recipe's goal with the findings in it. */
function goalOf(goal: string, findings: readonly Finding[] | undefined): string {
  return findings === undefined ? goal : `${goal}: ${findings.map(({ id }) => id).join(", ")}`;
}

/** Rules do what they can do; only who asks for claude gets claude in place of them. Undefined: the rules engine. */
function engineFor(order: RefactorOrder, recipe: string, hasRules: boolean): ClaudeAccess | undefined {
  if (hasRules && order.engine !== "claude") return undefined;
  const claude = chooseEngine(order.engine, order.claude);
  if (claude !== undefined || order.findings !== undefined) return claude;
  throw new ConfigurationError(
    `The recipe ${recipe} has no rules that rewrite, so it takes the claude engine: ${order.claude.howToSet}`,
  );
}

async function detectorFor(
  { guidance, layout }: RefactorOrder,
  settings: Settings,
  signal: AbortSignal,
): Promise<ReturnType<typeof rulesDetector>> {
  const { ruleAssets: assets, rulesWorker: workerUrl } = layout;
  return rulesDetector({ rules: await repositoryRules(guidance, settings, layout, signal), assets, workerUrl });
}

async function rewriterFor(
  { layout: { ruleAssets: assets, rulesWorker: workerUrl } }: RefactorOrder,
  { ruleFiles }: LoadedRecipe,
  signal: AbortSignal,
): Promise<Rewriter & AsyncDisposable> {
  const own = await loadOwnRules({ assets, repository: ruleFiles, signal, workerUrl });
  return rulesRewriter({ rules: own.rules.map(({ rule }) => rule), assets, workerUrl });
}

function byRules(
  { base, named, fixes }: PreparedRefactor,
  { detector, rewriter }: { readonly detector: Detector | undefined; readonly rewriter: Rewriter | undefined },
): WriteDraft {
  if (fixes !== undefined && detector !== undefined) {
    return writeByFixes({ base, named, fixes, detector, clock: SYSTEM_CLOCK });
  }
  if (rewriter === undefined) throw new Error("the rules engine writes by the rules of a recipe or fixes findings");
  return writeByRules({ base, named, rewriter, clock: SYSTEM_CLOCK });
}

async function sandboxFor(
  { base, sandbox }: RefactorOrder,
  command: readonly string[],
  signal: AbortSignal,
): Promise<SandboxOptions> {
  const { checkout } = sandbox;
  const dependencies = checkout === undefined ? [] : await installedDependencies(checkout, await base.list(signal));
  return {
    command,
    sandbox: "required",
    dependencies,
    node: await nodeProgram(process.execPath),
    temporaryDirectory: sandbox.temporaryFolder,
    path: sandbox.path,
    redact: sandbox.redact,
    parallel: PARALLEL_CHECKS,
  };
}
