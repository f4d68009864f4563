import { fetchedTreeSource } from "../adapters/git/fetch-tree.ts";
import { gitEnvironment } from "../adapters/git/run-git.ts";
import { ledgerBranch } from "../adapters/github/ledger-branch.ts";
import type { GitHub } from "../adapters/github/octokit.ts";
import { readRepositoryFacts, type RepositoryFacts } from "../adapters/github/repository-facts.ts";
import type { Sha } from "../domain/change-set.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { ofRecipe } from "../domain/ledger.ts";
import type { AuditRequest } from "../flow/prepare-audit.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import type { TreeSource } from "../ports/tree-source.ts";
import { actionClaude } from "./action-claude.ts";
import { today } from "./audit-command.ts";
import { chooseEngine, type ClaudeAccess, concurrencyFor } from "./engine-choice.ts";
import { auditingAccess, type ProposingAccess } from "./github-access.ts";
import { asBegun, type AuditBeginning } from "./keep-audit.ts";
import { repositoryUrl, type World } from "./world.ts";

/** An audit as a workflow asks for it: whose repository, which commit, and what is remembered of it. */
export type ActionAudit = Pick<ProposingAccess, "sleep"> & {
  readonly world: World;
  readonly recipe: string;
  readonly facts: RepositoryFacts;
  /** The commit that is audited; the same for all jobs of one run. */
  readonly head: Sha;
  /** Writes the ledger's branch and code scanning, and nothing else. */
  readonly github: GitHub;
  readonly ledger: LedgerStore;
  /** The ledger as it was when the audit began, and which version of it that is; undefined: as it is. */
  readonly planLedger: (Pick<LedgerStore, "read"> & { readonly version: string }) | undefined;
  readonly begun: AuditBeginning | undefined;
  /** Undefined: the rules engine. */
  readonly claude: ClaudeAccess | undefined;
  /** How a workflow gives the key. */
  readonly howToSet: string;
};

/** @throws {ConfigurationError} no recipe. */
export function auditRecipeOf({ inputs }: Pick<World, "inputs">): string {
  if (inputs.recipe === undefined) throw new ConfigurationError("job: audit needs recipe, e.g. recipe: database");
  return inputs.recipe;
}

/** An audit that begins, or goes on as it was begun. */
export async function actionAudit(
  world: World,
  { recipe, begun, isKept }: Pick<ActionAudit, "recipe" | "begun"> & { readonly isKept: boolean },
  signal: AbortSignal,
): Promise<ActionAudit> {
  const { inputs, site } = world;
  const wish = actionClaude(world);
  const claude = chooseEngine(inputs.engine, wish);
  const { github, sleep } = auditingAccess(site, world.writeToken ?? inputs["github-token"]);
  const facts = await readRepositoryFacts(github, signal);
  // Recipes and settings are read from the commit that is audited, and may come from the default branch only.
  const isDefault = site.ref === `refs/heads/${facts.defaultBranch}`;
  const newest = isDefault && /^[0-9a-f]{40}$/.test(site.sha ?? "") ? (site.sha ?? "") : facts.tip;
  const ledger = ledgerBranch(github, sleep);
  const { versions } = ledger;
  const version = isKept ? (begun?.basis.ledger ?? (await versions?.newest(signal))) : undefined;
  const planLedger =
    version === undefined || versions === undefined
      ? undefined
      : { version, read: (readSignal: AbortSignal) => versions.read(version, readSignal) };
  return {
    world,
    recipe,
    facts,
    head: begun?.head ?? newest,
    github,
    ledger,
    planLedger,
    begun,
    sleep,
    claude,
    howToSet: wish.howToSet,
  };
}

/** The tree of the audited commit, and that of the audit before, so that renames are known. */
export async function actionTree(audit: ActionAudit, signal: AbortSignal): Promise<TreeSource & AsyncDisposable> {
  const { inputs, site, env } = audit.world;
  const remembered = await (audit.planLedger ?? audit.ledger).read(signal);
  const previous = ofRecipe(remembered, audit.recipe).runs.at(-1)?.head;
  const program = { executable: "git", environment: gitEnvironment(env) };
  return fetchedTreeSource(program, {
    cloneUrl: `${repositoryUrl(audit.world)}.git`,
    token: inputs["github-token"],
    repository: site.repository,
    head: audit.head,
    previous: /^[0-9a-f]{40}$/.test(previous ?? "") ? previous : undefined,
    temporaryFolder: site.temporaryFolder,
  });
}

export function actionRequest({ world: { inputs, mostUsd }, claude, begun }: ActionAudit): AuditRequest {
  const request: AuditRequest = {
    engine: claude === undefined ? "rules" : "claude",
    concurrency: concurrencyFor(claude, inputs["max-concurrency"]),
    globs: inputs.files
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== ""),
    shard: inputs.shard ?? { index: 1, of: 1 },
    budgetUsd: inputs["budget-usd"],
    mostUsd,
    today: today(),
  };
  return asBegun(request, begun);
}
