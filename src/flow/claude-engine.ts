import type { Effort } from "../domain/effort.ts";
import type { Lens } from "../domain/lens.ts";
import { priceOf } from "../domain/price.ts";
import type { Settings } from "../domain/settings.ts";
import type { Subtask } from "../domain/subtask.ts";
import type { Clock } from "../ports/clock.ts";
import type { Detector } from "../ports/detector.ts";
import type { Journal } from "../ports/journal.ts";
import type { Model } from "../ports/model.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { SubagentOptions } from "../subagent/loop.ts";
import type { Purse } from "../subagent/purse.ts";
import { readOnlyTools } from "../subagent/tools/read-only-tools.ts";
import type { Lane } from "./checkpoint/checkpoint.ts";

/** The claude engine and what it is paid from. */
export type ClaudeEngine = {
  readonly model: Model;
  readonly modelId: string;
  /** Absent: the model that reviews verifies too. */
  readonly verifierModelId?: string | undefined;
  readonly effort: Effort | undefined;
  /** Whether it is asked at a dearer address, of a region. */
  readonly isRegional?: boolean | undefined;
  readonly purse: Purse;
  /** Model and purse for one asker, where what is asked is kept; absent: the two above are for all. */
  readonly laneFor?: (asker: string) => Lane;
};

/** What the stages of a review by claude are made of beside the engine. */
export type ClaudeParts = { readonly detector: Detector; readonly journal: Journal; readonly clock: Clock };

/** What every subagent of a run has in common; `lens` may ask for another model. Quotes are looked for by nobody unless the caller says how. */
export function subagentOptions(
  engine: ClaudeEngine,
  subtask: Subtask,
  head: Snapshot,
  parts: Pick<ClaudeParts, "journal" | "clock">,
  { prices }: Pick<Settings, "prices">,
  lens: Pick<Lens, "model" | "effort"> = {},
): SubagentOptions {
  const modelId = lens.model ?? engine.modelId;
  const { model, purse } = engine.laneFor?.(subtask.id) ?? engine;
  return {
    model,
    modelId,
    price: priceOf(modelId, prices, engine.isRegional),
    purse,
    effort: lens.effort ?? engine.effort,
    clock: parts.clock,
    tools: readOnlyTools(head, subtask.tools),
    findQuote: () => undefined,
    onToolCall: (tool) => parts.journal.write({ kind: "tool-call", subtaskId: subtask.id, tool }),
    onClaims: (found) => {
      if (found.length > 0) parts.journal.write({ kind: "claims-report", subtaskId: subtask.id, count: found.length });
    },
  };
}
