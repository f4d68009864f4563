import type { Effort } from "../../domain/effort.ts";
import { locateQuote } from "../../domain/locate-quote.ts";
import type { Price } from "../../domain/price.ts";
import type { Outcome, Subtask } from "../../domain/subtask.ts";
import type { BatchAnswer } from "../../ports/batches.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TurnRequest } from "../../ports/model.ts";
import { auditTask, sharedAuditBrief } from "../../subagent/audit-brief.ts";
import { runSubagent } from "../../subagent/loop.ts";
import type { Purse } from "../../subagent/purse.ts";
import { REPORT_FINDINGS } from "../../subagent/report-findings.ts";
import type { PreparedAudit } from "../prepare-audit.ts";
import type { ReadForAudit } from "../read-for-audit.ts";

/** What all requests of a batch have in common. */
export type SingleShot = { readonly modelId: string; readonly effort: Effort | undefined; readonly price: Price };

/** The money of a batch was set aside as a whole when it was handed in. */
const PAID: Purse = {
  spentUsd: 0,
  reserve: async () => ({ settle: () => undefined, release: () => undefined }),
};

/** The one question that a subagent of a batch is asked: everything it will ever see, and one way to answer. */
export function singleShotRequest(
  { recipe }: Pick<PreparedAudit, "recipe">,
  subtask: Subtask,
  { texts, claims }: Pick<ReadForAudit, "texts" | "claims">,
  { modelId, effort }: SingleShot,
): TurnRequest {
  const task = auditTask(subtask, { textOf: (path) => texts.get(path), evidence: claims });
  return {
    model: modelId,
    ...sharedAuditBrief(recipe, "single-shot"),
    messages: [{ role: "user", text: task }],
    tools: [REPORT_FINDINGS],
    maxOutputTokens: subtask.budget.outputTokens,
    effort,
  };
}

/** What the answer comes to: what a subagent would have, had it been asked and had no turn left. */
export function readAnswer(
  { recipe }: Pick<PreparedAudit, "recipe">,
  subtask: Subtask,
  answer: BatchAnswer,
  { texts }: Pick<ReadForAudit, "texts">,
  engine: SingleShot & { readonly clock: Clock },
  signal: AbortSignal,
): Promise<Outcome> {
  return runSubagent(
    { ...subtask, budget: { ...subtask.budget, turns: 1 } },
    { ...sharedAuditBrief(recipe, "single-shot"), task: "" },
    {
      model: {
        async turn() {
          if (answer.kind === "failed") throw answer.error;
          return answer.turn;
        },
      },
      modelId: engine.modelId,
      price: engine.price,
      purse: PAID,
      effort: engine.effort,
      clock: engine.clock,
      tools: [],
      findQuote: (path, quote, hint) => {
        const text = texts.get(path);
        return text === undefined ? undefined : locateQuote(text, quote, hint);
      },
      onToolCall: () => undefined,
      onClaims: () => undefined,
    },
    signal,
  );
}
