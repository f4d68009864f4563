import { ConfigurationError } from "../domain/errors.ts";
import type { Effort } from "../domain/effort.ts";
import type { EngineChoice } from "./command-line.ts";

/** The model that reviews where nobody names one. */
export const DEFAULT_MODEL = "claude-sonnet-5-5";
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
  if (apiKey === "") throw new ConfigurationError(`the claude engine needs a key: ${howToSet}, or choose the rules engine`);
  return { ...access, apiKey };
}
