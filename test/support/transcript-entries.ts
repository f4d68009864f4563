import { type RunHeader, TRANSCRIPT_SCHEMA, type TurnEntry } from "../../src/ports/run-store.ts";

/** The first line of a transcript of a run with Claude. */
export const ENTRY_HEADER: RunHeader = {
  kind: "run",
  schema: TRANSCRIPT_SCHEMA,
  version: "0.1.0",
  startedMs: 1_000,
  repository: "acme/shop",
  base: "b".repeat(40),
  head: "a".repeat(40),
  planHash: "0".repeat(64),
  budgetUsd: 2,
  request: { run: "comment-1", engine: "claude", model: "claude-opus-5-5" },
};

/** A request of subtask `s1` that was answered. */
export function aTurn(over: Partial<TurnEntry> = {}): TurnEntry {
  return {
    kind: "turn",
    asker: "s1",
    turn: 1,
    hash: "1".repeat(64),
    parts: { model: "m", system: "s", prefix: "p", tools: "t", limits: "l", messages: ["1"] },
    startedMs: 2_000,
    endedMs: 3_000,
    usage: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 30, cacheWriteTokens: 4 },
    costUsd: 0.01,
    answer: { text: "I look at the orders first.", calls: [], stop: "end", replay: undefined },
    ...over,
  };
}
