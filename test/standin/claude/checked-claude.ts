import Anthropic, { type ClientOptions } from "@anthropic-ai/sdk";

import { startClaude, type ClaudeStandin } from "../../../src/standin/claude/server.ts";
import type { ClaudeOptions } from "../../../src/standin/claude/world.ts";
import { anthropicContract } from "../../contract/anthropic/anthropic-contract.ts";

const contract = anthropicContract();

/** A stand-in that refuses what the contract refuses, and a client of the real SDK whose traffic is checked both ways. */
export interface CheckedClaude extends AsyncDisposable {
  readonly claude: ClaudeStandin;
  readonly client: Anthropic;
  /** What the contract said about either direction. */
  readonly violations: readonly string[];
}

export async function startCheckedClaude(
  options: ClaudeOptions = {},
  client: ClientOptions = {},
): Promise<CheckedClaude> {
  const claude = await startClaude({ validate: contract.validate, ...options });
  const violations: string[] = [];
  const fetch = contract.fetch((violation) => violations.push(violation));
  return {
    claude,
    client: new Anthropic({ apiKey: "key", baseURL: claude.url, maxRetries: 0, fetch, ...client }),
    violations,
    [Symbol.asyncDispose]: async () => claude[Symbol.asyncDispose](),
  };
}

/** The smallest request there is, with what a test wants to say in it. */
export function ask(text = "Review src/a.ts"): Anthropic.MessageCreateParamsNonStreaming {
  return { model: "claude-opus-5-5", max_tokens: 4096, messages: [{ role: "user", content: text }] };
}
