import { createHash } from "node:crypto";

import type { AuditRecipe } from "./audit-recipe.ts";
import { compareText } from "./compare-text.ts";
import { packNeighbours, type PackLimits } from "./pack-neighbours.ts";
import { folderOf } from "./path-parts.ts";
import type { AuditFile } from "./select-audit-files.ts";
import { allowanceFor, NO_ALLOWANCE } from "./subtask-budget.ts";
import type { Subtask } from "./subtask.ts";

/** Part `index` (1-based) of `of`. */
export type Shard = { readonly index: number; readonly of: number };

/** The whole fan-out of an audit and who carries out what. */
export type AuditPlan = {
  /** Of all shards, sorted by first path. */
  readonly subtasks: readonly Subtask[];
  /** Subtask id -> 1-based index of its shard. */
  readonly shardOf: ReadonlyMap<string, number>;
};

/** Source code runs at 3 to 4 bytes a token, and a listing adds line numbers: together near 2.5 bytes of file a token. */
const BYTES_PER_TOKEN = 2.5;

/** A subagent of a model reads whole files: small packs keep it attentive, and one that fails costs little. */
const MODEL_LIMITS: PackLimits = { tokens: 20_000, files: 10 };
/** Rules have no context to overflow; packs are as large as keeps few texts in memory and progress visible. */
const RULES_LIMITS: PackLimits = { tokens: 200_000, files: 200 };

/** What one reader of that engine can hold: a subagent's ceiling (see `REVIEW_LIMITS`), and the rules engine's own limit. */
export const MAX_AUDITED_BYTES = { claude: 60_000 * BYTES_PER_TOKEN, rules: 2_000_000 } as const;

/** Estimated tokens of a file in a brief. */
export function auditedTokens(file: Pick<AuditFile, "bytes">): number {
  return Math.ceil(file.bytes / BYTES_PER_TOKEN);
}

/**
 * Packs the files into subtasks, neighbours together, and deals the subtasks out to `shards` machines, largest first to the
 * least loaded. Subtasks and their ids depend on the files' paths and contents alone, never on the number of shards.
 */
export function planAudit(
  files: readonly AuditFile[],
  recipe: Pick<AuditRecipe, "name">,
  engine: "claude" | "rules",
  shards: number,
): AuditPlan {
  const sized = files.map((file) => ({ ...file, tokens: auditedTokens(file) }));
  const packs = packNeighbours(sized, engine === "rules" ? RULES_LIMITS : MODEL_LIMITS);
  const planned = packs.map((pack) => {
    const tokens = pack.reduce((sum, file) => sum + file.tokens, 0);
    return { subtask: toSubtask(pack, recipe.name, engine, tokens), tokens };
  });
  return { subtasks: planned.map(({ subtask }) => subtask), shardOf: deal(planned, shards) };
}

/** A subtask that an earlier run has handed in, with those of its files that are still as they were. */
export function resumedSubtask(id: string, files: readonly AuditFile[], recipe: Pick<AuditRecipe, "name">): Subtask {
  const tokens = files.reduce((sum, file) => sum + auditedTokens(file), 0);
  const subtask = toSubtask(files, recipe.name, "claude", tokens);
  const description = files.length === 0 ? "files that have changed since they were handed in" : subtask.description;
  return { ...subtask, id, description, why: "An earlier run has handed it in." };
}

function toSubtask(pack: readonly AuditFile[], lens: string, engine: "claude" | "rules", tokens: number): Subtask {
  const folder = commonFolder(pack);
  const [only] = pack;
  const subject = pack.length === 1 && only !== undefined ? only.path : folder === "" ? "the repository" : folder;
  return {
    id: idOf(pack),
    description: pack.length === 1 ? subject : `${subject} (${pack.length} files)`,
    lens,
    files: pack.map(({ path }) => ({ path, hunks: "all" })),
    risk: "normal",
    ...(engine === "rules" ? NO_ALLOWANCE : allowanceFor("normal", tokens)),
    dependsOn: [],
    wave: 0,
    why: pack.length === 1 ? "As large as one reader should hold." : "Neighbours in the tree, read together.",
  };
}

/** `a` and ten digits: distinct for distinct files, the same for the same ones in whatever run. */
function idOf(pack: readonly AuditFile[]): string {
  const hash = createHash("sha256");
  for (const { path, blob } of pack) hash.update(`${path}\0${blob}\0`);
  return `a${hash.digest("hex").slice(0, 10)}`;
}

function commonFolder(pack: readonly AuditFile[]): string {
  let common = folderOf(pack[0]?.path ?? "");
  for (const { path } of pack) {
    while (common !== "" && !path.startsWith(`${common}/`)) common = folderOf(common);
  }
  return common;
}

function deal(
  planned: readonly { readonly subtask: Subtask; readonly tokens: number }[],
  shards: number,
): ReadonlyMap<string, number> {
  const loads = Array.from({ length: Math.max(1, shards) }, () => 0);
  const shardOf = new Map<string, number>();
  const largestFirst = planned.toSorted((a, b) => b.tokens - a.tokens || compareText(a.subtask.id, b.subtask.id));
  for (const { subtask, tokens } of largestFirst) {
    const lightest = loads.indexOf(Math.min(...loads));
    loads[lightest] = (loads[lightest] ?? 0) + tokens;
    shardOf.set(subtask.id, lightest + 1);
  }
  return shardOf;
}
