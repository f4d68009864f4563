import { z } from "zod";

import { AuditRecipe } from "./audit-recipe.ts";

/**
 * How an audit came to know about a file. read: by a subtask of this run. reused: its content was read before with the same recipe
 * and engine. postponed: the budget of this run went to other files. skipped: nobody is to read it. failed: not or not wholly read.
 * elsewhere: another shard's.
 */
const AUDITED_STATES = ["read", "reused", "postponed", "skipped", "failed", "elsewhere"] as const;

/** One file that the recipe is about. */
export const AuditedFile = z.object({
  path: z.string(),
  /** Id of its content in git. */
  blob: z.string(),
  state: z.enum(AUDITED_STATES),
  /** Why it was not read; absent for `read` and `reused`. */
  reason: z.string().optional(),
  /** When somebody last read this path (ISO date), for postponed files; absent when never. */
  lastRead: z.string().optional(),
  /** 1-based index of the shard that was to read it. */
  shard: z.int().positive(),
});
export type AuditedFile = z.infer<typeof AuditedFile>;

/** What an audit's report says beyond that of a review. */
export const AuditSection = z.object({
  recipe: AuditRecipe,
  /** Same recipe, same rules or model: the same version, so that verdicts on the same content hold. */
  version: z.string(),
  /** Globs that took the place of the recipe's own; empty when it ran as written. */
  globs: z.array(z.string()),
  /** Which part of the audit this report is; `1/1` for the whole. */
  shard: z.object({ index: z.int().positive(), of: z.int().positive() }),
  /** Sorted by path; every file that the recipe matches, in each shard. */
  files: z.array(AuditedFile),
  /** Findings that are left out of this report because everybody can read it; absent when none was. */
  withheld: z.int().positive().optional(),
  /** Keys of the batches (see the ledger) that this run has taken up the answers of; absent for none. */
  settledBatches: z.array(z.string()).optional(),
  /** Reading every file once, nothing reused: estimated tokens of the files and dollars (0 without a model). */
  fullPass: z.object({ files: z.int().nonnegative(), tokens: z.number().nonnegative(), usd: z.number().nonnegative() }),
});
export type AuditSection = z.infer<typeof AuditSection>;
