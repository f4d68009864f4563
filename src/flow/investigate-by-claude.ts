import type { Effort } from "../domain/effort.ts";
import { locateQuote } from "../domain/locate-quote.ts";
import { priceOf } from "../domain/price.ts";
import type { Clock } from "../ports/clock.ts";
import type { Detector } from "../ports/detector.ts";
import type { Journal } from "../ports/journal.ts";
import type { Model } from "../ports/model.ts";
import { type BriefContext, sharedBrief, taskBrief } from "../subagent/brief.ts";
import { lensNamed } from "../subagent/lenses.ts";
import { runSubagent } from "../subagent/loop.ts";
import type { Purse } from "../subagent/purse.ts";
import { readOnlyTools } from "../subagent/tools/read-only-tools.ts";
import type { Lane } from "./checkpoint/checkpoint.ts";
import { detectInSubtask } from "./detect-in-subtask.ts";
import type { Investigate } from "./investigate.ts";
import type { PreparedReview } from "./prepare-review.ts";

/** The claude engine and what it is paid from. */
export type ClaudeEngine = {
  readonly model: Model;
  readonly modelId: string;
  readonly effort: Effort | undefined;
  readonly purse: Purse;
  /** Model and purse for one asker, where what is asked is kept; absent: the two above are for all. */
  readonly laneFor?: (asker: string) => Lane;
};

/** One fresh subagent per subtask. What the static rules see in its files is in its brief, and stays on record whatever it says. */
export function investigateByClaude(
  prepared: PreparedReview,
  engine: ClaudeEngine,
  parts: { readonly detector: Detector; readonly journal: Journal; readonly clock: Clock },
): Investigate {
  const { plannedChange: changeSet, settings, headTexts, head } = prepared;
  const files = new Map(changeSet.files.map((file) => [file.path, file]));
  const context: BriefContext = { changeSet, guidance: prepared.guidance, instructions: settings.instructions };
  const shared = sharedBrief(context);
  return async (subtask, signal) => {
    const { claims: evidence, unanalysed } = await detectInSubtask(
      parts.detector,
      subtask,
      { files, headTexts },
      signal,
    );
    const task = taskBrief(context, subtask, {
      lens: lensNamed(subtask.lens, settings.lenses),
      headText: (path) => headTexts.get(path),
      evidence,
    });
    const { model, purse } = engine.laneFor?.(subtask.id) ?? engine;
    const outcome = await runSubagent(
      subtask,
      { ...shared, task },
      {
        model,
        modelId: engine.modelId,
        price: priceOf(engine.modelId),
        purse,
        effort: engine.effort,
        clock: parts.clock,
        tools: readOnlyTools(head, subtask.tools),
        findQuote: (path, quote, hint) => {
          const text = headTexts.get(path);
          return text === undefined ? undefined : locateQuote(text, quote, hint);
        },
        onToolCall: (tool) => parts.journal.write({ kind: "tool-call", subtaskId: subtask.id, tool }),
        onClaims: (found) => parts.journal.write({ kind: "claims-report", subtaskId: subtask.id, count: found.length }),
      },
      signal,
    );
    return { outcome: { ...outcome, claims: [...evidence, ...outcome.claims] }, unanalysed };
  };
}
