import { claudeModel } from "../../src/adapters/claude/claude-model.ts";
import { SYSTEM_CLOCK } from "../../src/entry/system-clock.ts";
import { gatedModel } from "../../src/flow/scheduler/gated-model.ts";
import type { Model } from "../../src/ports/model.ts";

/** The model as a review is wired to it. */
export function benchModel(baseUrl: string, concurrency: number): Model {
  return gatedModel(claudeModel({ apiKey: "key", baseUrl, idleTimeoutMs: 180_000 }), {
    clock: SYSTEM_CLOCK,
    random: Math.random,
    concurrency,
  });
}
