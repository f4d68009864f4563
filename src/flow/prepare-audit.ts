import { type AuditRecipe, typesForModelOnly } from "../domain/audit-recipe.ts";
import type { AuditedFile } from "../domain/audit-section.ts";
import { budgetOf } from "../domain/budget-of.ts";
import type { PathAttributes } from "../domain/change-set.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { type Ledger, type LedgerBatch, type LedgerVerdict, ofRecipe } from "../domain/ledger.ts";
import { comparePaths } from "../domain/path-parts.ts";
import { compilePathRules } from "../domain/path-rules.ts";
import { auditedTokens, MAX_AUDITED_BYTES, planAudit, resumedSubtask, type Shard } from "../domain/plan-audit.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import { type Churn, rotate } from "../domain/rotation.ts";
import { type AuditFile, selectAuditFiles } from "../domain/select-audit-files.ts";
import type { Settings } from "../domain/settings.ts";
import type { Subtask } from "../domain/subtask.ts";
import type { LoadedTree } from "../ports/tree-source.ts";
import { NO_BATCHES, type OpenBatches } from "./batches/open-batches.ts";

/** How one audit was asked for. */
export type AuditRequest = {
  readonly engine: "claude" | "rules";
  readonly concurrency: number;
  /** Take the place of the recipe's own globs; empty for those. */
  readonly globs: readonly string[];
  readonly shard: Shard;
  /** What this run may cost; undefined: what the settings say. The rules engine costs nothing, and reads everything. */
  readonly budgetUsd: number | undefined;
  /** No budget is above it; undefined sets none. */
  readonly mostUsd?: number | undefined;
  /** ISO date. */
  readonly today: string;
  /** What an earlier part of this run was planned with: the plan stays the same, whatever is left of the budget. */
  readonly plannedUsd?: number | undefined;
};

/** What the engine knows about itself. */
export type AuditEngine = {
  /** The same for the same recipe and rules, or model: verdicts of that version hold. */
  readonly version: string;
  /** The sentence that says why this engine cannot read the path; undefined when it can. */
  readonly reasonAgainst: (path: RepoPath) => string | undefined;
  /** The version of what it asks in batches, where that is another: what was handed in under it holds as well. */
  readonly batchVersion?: string;
  /** About what reading that many tokens costs. */
  readonly estimateUsd: (tokens: number) => number;
  /** Absent for an engine that answers at once. */
  readonly openBatches?: (entries: readonly LedgerBatch[], signal: AbortSignal) => Promise<OpenBatches>;
};

/** Everything that is decided before the first subtask starts. */
export type PreparedAudit = {
  readonly request: AuditRequest;
  readonly tree: LoadedTree;
  readonly recipe: AuditRecipe;
  readonly settings: Settings;
  readonly attributes: ReadonlyMap<RepoPath, PathAttributes>;
  /** Of this shard. */
  readonly subtasks: readonly Subtask[];
  /** Every file that the recipe matches, sorted by path; those to be read by this shard count as `read` until they are not. */
  readonly files: readonly AuditedFile[];
  /** The verdicts that this shard reuses, by the path that has the content now. */
  readonly reused: ReadonlyMap<RepoPath, LedgerVerdict>;
  readonly version: string;
  readonly fullPass: { readonly files: number; readonly tokens: number; readonly usd: number };
  readonly openBatches: OpenBatches;
  /** The subtasks that stand in open batches, by their ids; their files are those that are still as they were. */
  readonly resumed: ReadonlyMap<string, { readonly batchKey: string; readonly requestKey: string }>;
  readonly notes: readonly string[];
};

/** How far back changes of a file make it more urgent to read. */
const CHURN_DAYS = 180;
const DAY_MS = 86_400_000;

/**
 * Chooses the files of one run, and packs them. Spends nothing.
 * @throws {ConfigurationError} nothing to audit: no file matches, or the engine has nothing that the recipe looks for.
 */
export async function prepareAudit(
  parts: {
    readonly tree: LoadedTree;
    readonly recipe: AuditRecipe;
    readonly settings: Settings;
    readonly engine: AuditEngine;
    readonly ledger: Ledger;
  },
  request: AuditRequest,
  signal: AbortSignal,
): Promise<PreparedAudit> {
  const { tree, recipe, settings, engine } = parts;
  const notes = [...(tree.notes ?? []), ...uncoveredTypes(recipe, request.engine)];
  const entries = await tree.head.list(signal);
  if (tree.head.truncated) notes.push("The list of files was cut short by its source; files beyond it were not seen.");
  const attributes = await tree.attributes(
    entries.map(({ path }) => path),
    signal,
  );
  const { skipReason: settingsReason } = compilePathRules(settings);
  const { wanted, skipped } = selectAuditFiles(entries, recipe, {
    globs: request.globs,
    settingsReason,
    attributes,
    engineReason: engine.reasonAgainst,
    maxBytes: MAX_AUDITED_BYTES[request.engine],
  });
  if (wanted.length === 0) throw nothingToRead(recipe, request, skipped);

  const known = ofRecipe(parts.ledger, recipe.name);
  const verdictOf = reusable(known.verdicts, engine.version, request.engine);
  const reused = new Map(wanted.flatMap((file) => pairOf(file, verdictOf(file))));
  const openBatches = (await engine.openBatches?.(known.batches, signal)) ?? NO_BATCHES;
  const { resumed, resumedSubtasks } = takenUp(
    openBatches,
    wanted.filter((file) => !reused.has(file.path)),
    recipe,
    engine.batchVersion ?? engine.version,
  );
  const handedIn = new Set(resumedSubtasks.flatMap(({ files }) => files.map(({ path }) => path)));
  const open = wanted.filter((file) => !reused.has(file.path) && !handedIn.has(file.path));
  const lastRead = new Map(known.verdicts.map(({ path, date }) => [path, date]));
  const budgetUsd =
    request.engine === "rules" ? Number.POSITIVE_INFINITY : (request.plannedUsd ?? budgetOf(request, settings));
  const churn = Number.isFinite(budgetUsd) ? await recentChurn(tree, request.today, signal) : new Map();
  const costOf = (file: AuditFile): number => engine.estimateUsd(auditedTokens(file));
  const facts = { churn, lastRead, today: request.today };
  const { tonight, postponed } = rotate(open, facts, costOf, budgetUsd - committedUsd(openBatches, request));

  const { subtasks, shardOf } = planAudit(tonight, recipe, request.engine, request.shard.of);
  const shardOfPath = new Map(
    subtasks.flatMap((subtask) => subtask.files.map(({ path }) => [path, shardOf.get(subtask.id) ?? 1] as const)),
  );
  // What needs no reading is the first shard's to report.
  const isMine = request.shard.index === 1;
  const files: AuditedFile[] = [
    ...wanted.flatMap(({ path, blob }): AuditedFile[] =>
      handedIn.has(path) ? [{ path, blob, state: isMine ? "read" : "elsewhere", shard: 1 }] : [],
    ),
    ...tonight.map(({ path, blob }): AuditedFile => {
      const shard = shardOfPath.get(path) ?? 1;
      return { path, blob, state: shard === request.shard.index ? "read" : "elsewhere", shard };
    }),
    ...[...reused].map(([path, verdict]): AuditedFile => ({ path, blob: verdict.blob, state: "reused", shard: 1 })),
    ...postponed.map(({ path, blob }) => postponedFile(path, blob, lastRead.get(path))),
    ...skipped.map(({ path, blob, reason }): AuditedFile => ({ path, blob, state: "skipped", reason, shard: 1 })),
  ];
  const tokens = wanted.reduce((sum, file) => sum + auditedTokens(file), 0);
  return {
    request,
    tree,
    recipe,
    settings,
    attributes,
    subtasks: [
      ...(isMine ? resumedSubtasks : []),
      ...subtasks.filter(({ id }) => shardOf.get(id) === request.shard.index),
    ],
    files: files.toSorted((a, b) => comparePaths(a.path, b.path)),
    reused: isMine ? reused : new Map(),
    version: engine.version,
    fullPass: { files: wanted.length, tokens, usd: engine.estimateUsd(tokens) },
    openBatches,
    resumed,
    notes,
  };
}

/** What batches took of this run's budget. All shards must plan the same, and between two of them a batch may end and turn out cheaper. */
function committedUsd({ open, committedUsd: known }: OpenBatches, { shard }: AuditRequest): number {
  return shard.of === 1 ? known : open.reduce((sum, { entry }) => sum + entry.worstUsd, 0);
}

/** The requests of open batches as subtasks. Each file is in one at most; one whose content is another now is in none. */
function takenUp(
  { open }: OpenBatches,
  wanted: readonly AuditFile[],
  recipe: AuditRecipe,
  version: string,
): Pick<PreparedAudit, "resumed"> & { readonly resumedSubtasks: readonly Subtask[] } {
  const byPath = new Map(wanted.map((file) => [file.path, file]));
  const resumed = new Map<string, { readonly batchKey: string; readonly requestKey: string }>();
  const resumedSubtasks = open.flatMap(({ entry }) =>
    entry.requests.map((request) => {
      const files = entry.version === version ? request.files.flatMap(({ path, blob }) => take(path, blob)) : [];
      resumed.set(request.key, { batchKey: entry.key, requestKey: request.key });
      return resumedSubtask(request.key, files, recipe);
    }),
  );
  return { resumed, resumedSubtasks };

  function take(path: RepoPath, blob: string): AuditFile[] {
    const file = byPath.get(path);
    if (file?.blob !== blob) return [];
    byPath.delete(path);
    return [file];
  }
}

/** The sentence about issue types that nobody looks for without a model. */
function uncoveredTypes(recipe: AuditRecipe, engine: AuditRequest["engine"]): readonly string[] {
  if (engine === "claude") return [];
  const uncovered = typesForModelOnly(recipe);
  if (uncovered.length === 0) return [];
  const titles = uncovered.map(({ title }) => `"${title}"`).join(", ");
  if (uncovered.length === recipe.issueTypes.length) {
    throw new ConfigurationError(
      `the recipe ${recipe.name} needs a model: the rules engine has no rule for ${titles}. Set ANTHROPIC_API_KEY (Action: anthropic-api-key), or name rules in a recipe of your own`,
    );
  }
  return [`The rules engine has no rule for ${titles}: nobody looked for them. The claude engine does.`];
}

function nothingToRead(
  recipe: AuditRecipe,
  request: AuditRequest,
  skipped: readonly { readonly path: string; readonly reason: string }[],
): ConfigurationError {
  const globs = (request.globs.length > 0 ? request.globs : recipe.files).join(", ");
  const [example] = skipped;
  return new ConfigurationError(
    example === undefined
      ? `no file of the repository matches ${globs} (recipe ${recipe.name}, tests: ${recipe.tests}); choose others by --files`
      : `none of the ${skipped.length} files that match ${globs} can be read; the first one, ${example.path}: ${example.reason}`,
  );
}

/** Under rules a path may decide which rules apply, and reading is free: only the same path counts. A model is asked once a content. */
function reusable(
  verdicts: readonly LedgerVerdict[],
  version: string,
  engine: AuditRequest["engine"],
): (file: AuditFile) => LedgerVerdict | undefined {
  const keyOf = (file: { readonly path: string; readonly blob: string }): string =>
    engine === "rules" ? `${file.blob} ${file.path}` : file.blob;
  const byKey = new Map(
    verdicts.filter((verdict) => verdict.version === version).map((verdict) => [keyOf(verdict), verdict]),
  );
  return (file) => byKey.get(keyOf(file));
}

function pairOf(file: AuditFile, verdict: LedgerVerdict | undefined): [RepoPath, LedgerVerdict][] {
  return verdict === undefined ? [] : [[file.path, verdict]];
}

function postponedFile(path: RepoPath, blob: string, lastRead: string | undefined): AuditedFile {
  const before = lastRead === undefined ? "never read so far" : `last read on ${lastRead}, in an older version`;
  return {
    path,
    blob,
    state: "postponed",
    reason: `Left for another night: the budget went to more urgent files (${before}).`,
    ...(lastRead === undefined ? {} : { lastRead }),
    shard: 1,
  };
}

async function recentChurn(
  tree: LoadedTree,
  today: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<RepoPath, Churn>> {
  const since = new Date(Date.parse(today) - CHURN_DAYS * DAY_MS).toISOString().slice(0, 10);
  return tree.history.churn(since, signal);
}
