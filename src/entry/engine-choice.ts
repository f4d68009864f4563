import { availableParallelism } from "node:os";

import { type Connection, isRegional } from "../adapters/claude/connection.ts";
import type { Effort } from "../domain/effort.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { RateLedgers } from "../flow/scheduler/rate-ledger.ts";
import type { EngineChoice } from "./option-values.ts";

/** The model that reviews where nobody names one. */
export const DEFAULT_MODEL = "claude-sonnet-5-5";
/** Subagents at once where nobody says: enough for most changes in one wave, few enough for a fresh account's rate limit. */
export const DEFAULT_CONCURRENCY = 32;

/** Where nobody is asked: a replay, an estimate. */
export const NOWHERE: Connection = { provider: "anthropic", apiKey: "", baseUrl: "" };

/** What the claude engine needs to be called. */
export type ClaudeAccess = {
  readonly connection: Connection;
  readonly modelId: string;
  readonly effort: Effort | undefined;
  /** Whether it is asked at a dearer address, of a region. */
  readonly isRegional?: boolean;
  /** What other jobs of this process know of the provider's limits. */
  readonly ledgers?: RateLedgers | undefined;
};

/** What a door was told of the way to Claude. */
export type ClaudeWish = Omit<ClaudeAccess, "connection" | "isRegional"> & {
  /** Undefined: nobody named a key, a login or a provider. @throws {ConfigurationError} some of it is missing. */
  readonly connect: () => Connection | undefined;
  /** Where the key goes, for who has none. */
  readonly howToSet: string;
};

/**
 * Claude's access for the engine that was asked for; undefined means the rules engine. `auto` takes claude where there is a way to it.
 * @throws {ConfigurationError} claude without one.
 */
export function chooseEngine(engine: EngineChoice, wish: ClaudeWish): ClaudeAccess | undefined {
  if (engine === "rules") return undefined;
  const { connect, howToSet, ...access } = wish;
  const connection = connect();
  if (connection !== undefined) return { connection, isRegional: isRegional(connection), ...access };
  if (engine === "auto") return undefined;
  throw new ConfigurationError(`the claude engine needs a key: ${howToSet}, or choose the rules engine`);
}

/** Subtasks at once: as asked for where they wait for a model; for rules, which compute, no more than there are cores. */
export function concurrencyFor(claude: ClaudeAccess | undefined, wanted: number): number {
  return claude === undefined ? Math.min(wanted, availableParallelism()) : wanted;
}
