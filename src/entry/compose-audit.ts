import { createHash } from "node:crypto";

import { rulesDetector } from "../adapters/rules/detector.ts";
import { languageOf } from "../adapters/rules/languages.ts";
import type { RuleSet } from "../adapters/rules/rule.ts";
import { TEXT_RULES } from "../adapters/rules/text/text-rules.ts";
import { estimateReadingUsd } from "../domain/audit-cost.ts";
import { type AuditRecipe, countsRule } from "../domain/audit-recipe.ts";
import { priceOf } from "../domain/price.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { Settings } from "../domain/settings.ts";
import { auditByClaude } from "../flow/audit-by-claude.ts";
import { auditByRules } from "../flow/audit-by-rules.ts";
import { type AuditRequest, budgetOf } from "../flow/prepare-audit.ts";
import type { AuditParts, OpenedAuditEngine } from "../flow/run-audit.ts";
import type { Journal } from "../ports/journal.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { TreeSource } from "../ports/tree-source.ts";
import { purseOf } from "../subagent/purse.ts";
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
  readonly journal: Journal;
  /** Undefined: the rules engine. */
  readonly claude: ClaudeAccess | undefined;
  readonly request: AuditRequest;
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
    ledger: order.ledger,
    journal: order.journal,
    clock: SYSTEM_CLOCK,
  };
}

/** The engine with those rules alone that the recipe counts: what cannot be reported is not looked for. */
async function openEngine(
  { claude, journal, layout, request }: AuditOrder,
  guidance: Snapshot,
  settings: Settings,
  recipe: AuditRecipe,
  signal: AbortSignal,
): Promise<OpenedAuditEngine> {
  const all = await repositoryRules(guidance, settings, layout, signal);
  const categoryOf = new Map(TEXT_RULES.map(({ id, category }) => [id, category]));
  const rules: RuleSet = {
    syntax: all.syntax.filter((rule) => countsRule(recipe, rule)),
    text: all.text.filter((id) => countsRule(recipe, { id, category: categoryOf.get(id) ?? "" })),
  };
  const detector = rulesDetector({ rules, assets: layout.ruleAssets, workerUrl: layout.rulesWorker });
  const dispose = async (): Promise<void> => detector[Symbol.asyncDispose]();
  if (claude === undefined) {
    return {
      version: versionOf(recipe, rules),
      reasonAgainst: (path) => reasonAgainst(rules, path),
      estimateUsd: () => 0,
      investigate: (prepared) => auditByRules(prepared, detector, SYSTEM_CLOCK),
      [Symbol.asyncDispose]: dispose,
    };
  }
  const engine = {
    model: modelOf(claude, request.concurrency),
    modelId: claude.modelId,
    effort: claude.effort,
    purse: purseOf(budgetOf(request, settings) / request.shard.of),
  };
  return {
    version: versionOf(recipe, rules, claude.modelId, claude.effort),
    reasonAgainst: () => undefined,
    estimateUsd: (tokens) => estimateReadingUsd(priceOf(claude.modelId, settings.prices), tokens),
    investigate: (prepared) => auditByClaude(prepared, engine, { detector, journal, clock: SYSTEM_CLOCK }),
    [Symbol.asyncDispose]: dispose,
  };
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
