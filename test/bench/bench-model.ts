import { claudeModel } from "../../src/adapters/claude/claude-model.ts";
import { SYSTEM_CLOCK } from "../../src/entry/system-clock.ts";
import { patientModel } from "../../src/flow/patient-model.ts";
import { warmFirst } from "../../src/flow/warm-first.ts";
import type { Model } from "../../src/ports/model.ts";

/** The model as a review is wired to it. */
export function benchModel(baseUrl: string, _concurrency: number): Model {
  return warmFirst(
    patientModel(claudeModel({ apiKey: "key", baseUrl, idleTimeoutMs: 180_000 }), SYSTEM_CLOCK, Math.random),
  );
}
