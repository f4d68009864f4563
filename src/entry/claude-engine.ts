import { claudeModel } from "../adapters/claude/claude-model.ts";
import type { ClaudeEngine } from "../flow/investigate-by-claude.ts";
import { patientModel } from "../flow/patient-model.ts";
import { warmFirst } from "../flow/warm-first.ts";
import { purseOf } from "../subagent/purse.ts";
import type { ClaudeAccess } from "./engine-choice.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** Silence in a stream after which a turn is given up: a model that thinks sends nothing for up to a minute or two. */
const IDLE_TIMEOUT_MS = 180_000;

/** The claude engine of one run, which may spend `budgetUsd` in all. */
export function claudeEngine(claude: ClaudeAccess, budgetUsd: number): ClaudeEngine {
  const { apiKey, baseUrl, modelId, effort } = claude;
  const model = claudeModel({ apiKey, baseUrl, idleTimeoutMs: IDLE_TIMEOUT_MS });
  return {
    model: warmFirst(patientModel(model, SYSTEM_CLOCK, Math.random)),
    modelId,
    effort,
    purse: purseOf(budgetUsd),
  };
}
