import { availableParallelism } from "node:os";

import type { Effort } from "../domain/effort.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { EngineChoice } from "./command-line.ts";

/** The model that reviews where nobody names one. */
export const DEFAULT_MODEL = "claude-sonnet-5-5";
/** Subagents at once where nobody says: enough for most changes in one wave, few enough for a fresh account's rate limit. */
export const DEFAULT_CONCURRENCY = 32;
export const DEFAULT_BASE_URL = "https://api.anthropic.com";

/** What the claude engine needs to be called. */
export type ClaudeAccess = {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly modelId: string;
  readonly effort: Effort | undefined;
};

/**
 * Claude's access for the engine that was asked for; undefined means the rules engine. `auto` takes claude where there is a key.
 * @throws {ConfigurationError} claude without a key; `howToSet` says where the key goes.
 */
export function chooseEngine(
  engine: EngineChoice,
  access: Omit<ClaudeAccess, "apiKey"> & { readonly apiKey: string | undefined },
  howToSet: string,
): ClaudeAccess | undefined {
  const apiKey = access.apiKey?.trim() ?? "";
  if (engine === "rules" || (engine === "auto" && apiKey === "")) return undefined;
  if (apiKey === "")
    throw new ConfigurationError(`the claude engine needs a key: ${howToSet}, or choose the rules engine`);
  return { ...access, apiKey };
}

/** Subtasks at once: as asked for where they wait for a model; for rules, which compute, no more than there are cores. */
export function concurrencyFor(claude: ClaudeAccess | undefined, wanted: number): number {
  return claude === undefined ? Math.min(wanted, availableParallelism()) : wanted;
}
