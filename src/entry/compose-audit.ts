import { createHash } from "node:crypto";

import { claudeBatches } from "../adapters/claude/claude-batches.ts";
import type { AnthropicApi, Connection } from "../adapters/claude/connection.ts";
import { rulesDetector } from "../adapters/rules/detector.ts";
import { languageOf } from "../adapters/rules/languages.ts";
import type { RuleSet } from "../adapters/rules/rule.ts";
import { TEXT_RULES } from "../adapters/rules/text/text-rules.ts";
import { estimateReadingUsd } from "../domain/audit-cost.ts";
import { type AuditRecipe, countsRule } from "../domain/audit-recipe.ts";
import { budgetOf } from "../domain/budget-of.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { batchPrice, priceOf } from "../domain/price.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { Settings } from "../domain/settings.ts";
import { auditByClaude } from "../flow/audit-by-claude.ts";
import { auditByRules } from "../flow/audit-by-rules.ts";
import { NO_BATCHES, openBatches } from "../flow/batches/open-batches.ts";
import { readInBatches } from "../flow/batches/read-in-batches.ts";
import { readOpenBatches } from "../flow/batches/read-open-batches.ts";
import type { ClaudeEngine } from "../flow/claude-engine.ts";
import type { JoinedRun } from "../flow/join-run.ts";
import type { AuditRequest, PreparedAudit } from "../flow/prepare-audit.ts";
import { readInFanOut } from "../flow/read-all.ts";
import type { AuditParts, OpenedAuditEngine } from "../flow/run-audit.ts";
import { verifyAudit } from "../flow/verify-audit.ts";
import type { Detector } from "../ports/detector.ts";
import type { Journal } from "../ports/journal.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { TreeSource } from "../ports/tree-source.ts";
import { findAuditRecipe } from "./audit-recipe-file.ts";
import type { BundleLayout } from "./bundle-layout.ts";
import { modelOf, settingsIn } from "./compose-review.ts";
import type { ClaudeAccess } from "./engine-choice.ts";
import { repositoryRules } from "./repository-rules.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { VERSION } from "./version.ts";

/** What one audit is wired from; the doors fill it in from their arguments. */
export type AuditOrder = {
  readonly source: TreeSource;
  /** Where recipe, settings and rules are read; absent: in the tree that is audited. */
  readonly guidance?: Snapshot;
  readonly recipe: string;
  readonly ledger: LedgerStore | undefined;
  /** The ledger as it was when the audit began; absent: as it is. */
  readonly planLedger?: Pick<LedgerStore, "read">;
  readonly journal: Journal;
  /** Undefined: the rules engine. */
  readonly claude: ClaudeAccess | undefined;
  readonly request: AuditRequest;
  /** Asks claude in batches at half price. */
  readonly batch: boolean;
  /** How the door is given a key. */
  readonly howToSet: string;
  /** Overrides the settings' model for verifying findings. */
  readonly verifierModel: string | undefined;
  readonly settingsPath: string;
  readonly layout: BundleLayout;
};

/** Builds every adapter of an audit once. */
export function composeAudit(order: AuditOrder): AuditParts {
  return {
    source: order.source,
    readSettings: (head, signal) => settingsIn(order.guidance ?? head, order.settingsPath, signal),
    readRecipe: (head, signal) => findAuditRecipe(order.recipe, order.guidance ?? head, signal),
    openEngine: (head, settings, recipe, signal) => openEngine(order, order.guidance ?? head, settings, recipe, signal),
    ledger: order.planLedger ?? order.ledger,
    journal: order.journal,
    clock: SYSTEM_CLOCK,
  };
}

/** The engine with those rules alone that the recipe counts: what cannot be reported is not looked for. */
async function openEngine(
  order: AuditOrder,
  guidance: Snapshot,
  settings: Settings,
  recipe: AuditRecipe,
  signal: AbortSignal,
): Promise<OpenedAuditEngine> {
  const { claude, layout } = order;
  const all = await repositoryRules(guidance, settings, layout, signal);
  const categoryOf = new Map(TEXT_RULES.map(({ id, category }) => [id, category]));
  const rules: RuleSet = {
    syntax: all.syntax.filter((rule) => countsRule(recipe, rule)),
    text: all.text.filter((id) => countsRule(recipe, { id, category: categoryOf.get(id) ?? "" })),
  };
  const detector = rulesDetector({ rules, assets: layout.ruleAssets, workerUrl: layout.rulesWorker });
  const dispose = async (): Promise<void> => detector[Symbol.asyncDispose]();
  if (claude !== undefined) {
    const parts = [recipe, rules, claude.modelId, claude.effort];
    const batchVersion = versionOf(...parts, "batch");
    const version = order.batch ? batchVersion : versionOf(...parts);
    const engine = claudeEngine(order, claude, settings, detector);
    return { ...engine, version, batchVersion, [Symbol.asyncDispose]: dispose };
  }
  if (order.batch)
    throw new ConfigurationError(`batches are of the claude engine: ${order.howToSet}, or leave batch away`);
  return {
    version: versionOf(recipe, rules),
    reasonAgainst: (path) => reasonAgainst(rules, path),
    estimateUsd: () => 0,
    reader: (prepared, run) => ({
      readAll: readInFanOut(prepared, auditByRules(prepared, detector, run.clock), run),
    }),
    [Symbol.asyncDispose]: dispose,
  };
}

function claudeEngine(
  order: AuditOrder,
  claude: ClaudeAccess,
  settings: Settings,
  detector: Detector,
): Omit<OpenedAuditEngine, "version" | "batchVersion" | typeof Symbol.asyncDispose> {
  const { request, ledger } = order;
  const { modelId, effort, isRegional } = claude;
  const model = modelOf(claude, request.concurrency);
  const full = priceOf(modelId, settings.prices, isRegional);
  const price = order.batch ? batchPrice(full) : full;
  const common = { reasonAgainst: () => undefined, estimateUsd: (tokens: number) => estimateReadingUsd(price, tokens) };
  const engineFor = (prepared: PreparedAudit, run: JoinedRun): ClaudeEngine & { readonly budgetUsd: number } => {
    const freeUsd = budgetOf(request, settings) - prepared.openBatches.committedUsd;
    const budgetUsd = Math.max(0, freeUsd / request.shard.of);
    const verifierModelId = order.verifierModel ?? settings.quality.verifierModel;
    const engine = { model, modelId, verifierModelId, effort, isRegional, budgetUsd, purse: run.purse(budgetUsd) };
    return run.inLanes(engine);
  };
  if (!order.batch) {
    const api = ledger === undefined ? undefined : batchApi(claude.connection);
    return {
      ...common,
      // What was handed in while batches were on is paid for.
      async openBatches(entries, signal) {
        if (api === undefined || entries.length === 0) return NO_BATCHES;
        return openBatches(entries, claudeBatches(api), batchPrice(full), signal);
      },
      reader(prepared, run) {
        const engine = engineFor(prepared, run);
        const { subtasks, resumed } = prepared;
        const rest = { ...prepared, subtasks: subtasks.filter(({ id }) => !resumed.has(id)) };
        const readRest = readInFanOut(rest, auditByClaude(rest, engine, { ...run, detector }), run);
        const answered = { ...engine, price: batchPrice(full) };
        const isFirst = request.shard.index === 1;
        return {
          readAll: isFirst ? readOpenBatches(prepared, answered, { ...run, detector }, readRest) : readRest,
          verify: verifyAudit(prepared, engine, run),
        };
      },
    };
  }
  if (ledger === undefined) {
    throw new ConfigurationError(
      "batches are remembered in the ledger, and there is none: name one by --ledger <file>",
    );
  }
  const batches = claudeBatches(ownApi(claude.connection));
  return {
    ...common,
    openBatches: (entries, signal) => openBatches(entries, batches, price, signal),
    reader(prepared, run) {
      const engine = engineFor(prepared, run);
      return {
        readAll: readInBatches(prepared, { ...engine, price, batches }, { ...run, detector, ledger }),
        verify: verifyAudit(prepared, engine, run),
      };
    },
  };
}

/** Batches are Anthropic's own; the clouds have none of that kind. */
function batchApi(connection: Connection): AnthropicApi | undefined {
  return connection.provider === undefined || connection.provider === "anthropic" ? connection : undefined;
}

function ownApi(connection: Connection): AnthropicApi {
  const api = batchApi(connection);
  if (api !== undefined) return api;
  throw new ConfigurationError(
    `batches are of the provider anthropic, not of ${connection.provider}: choose that one, or leave batch away`,
  );
}

function versionOf(...parts: readonly unknown[]): string {
  return createHash("sha256")
    .update(JSON.stringify([VERSION, ...parts]))
    .digest("hex")
    .slice(0, 16);
}

/** A file that no rule can say anything about has not been audited, and must not look as if it had. */
function reasonAgainst(rules: RuleSet, path: RepoPath): string | undefined {
  if (rules.text.length > 0) return undefined;
  const language = languageOf(path);
  const isKnown = language !== undefined && rules.syntax.some(({ languages }) => languages.includes(language));
  return isKnown ? undefined : "The rules engine has no rule of this recipe for its language.";
}
