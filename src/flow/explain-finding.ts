import type { Effort } from "../domain/effort.ts";
import { ExternalError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { type PriceOverride, priceOf } from "../domain/price.ts";
import type { Budget } from "../domain/subtask.ts";
import type { Model } from "../ports/model.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import { explainBrief } from "../subagent/explain-brief.ts";
import { purseOf } from "../subagent/purse.ts";
import { runTextAgent } from "../subagent/text-agent.ts";
import { readOnlyTools } from "../subagent/tools/read-only-tools.ts";
import type { Checkpoint } from "./checkpoint/checkpoint.ts";

const BUDGET: Budget = { turns: 12, tokens: 500_000, outputTokens: 4_000 };

/** What a fresh subagent says about a finding: Markdown that nobody has made safe yet, "" when it said nothing. */
export type Explanation = { readonly markdown: string; readonly costUsd: number; readonly incomplete: boolean };

/**
 * Has one finding explained by a subagent that sees the claim and the code, and nothing of what was said before.
 * @throws {ExternalError} the model cannot be reached or refuses us.
 */
export async function explainFinding(
  finding: Finding,
  parts: {
    readonly model: Model;
    readonly modelId: string;
    readonly effort: Effort | undefined;
    /** The repository's own. */
    readonly prices: readonly PriceOverride[];
    /** Whether the model is asked at a dearer address, of a region. */
    readonly isRegional?: boolean | undefined;
    /** The tree that the finding is about. */
    readonly snapshot: Snapshot;
    readonly budgetUsd: number;
    /** How it is kept what was asked and paid; absent when it is not. */
    readonly laneFor?: Checkpoint["lane"];
  },
  signal: AbortSignal,
): Promise<Explanation> {
  const { snapshot, modelId, effort, budgetUsd } = parts;
  const own = { model: parts.model, purse: purseOf(budgetUsd) };
  const content = await snapshot.read(finding.path, signal);
  const outcome = await runTextAgent(
    {
      ...(parts.laneFor?.("explain", own) ?? own),
      modelId,
      effort,
      price: priceOf(modelId, parts.prices, parts.isRegional),
      tools: readOnlyTools(snapshot, ["Read", "Glob", "Grep"]),
      budget: BUDGET,
      ...explainBrief(finding, content.kind === "text" ? content.text : undefined),
    },
    signal,
  );
  if (outcome.end === "failed" && outcome.error instanceof ExternalError) throw outcome.error;
  return { markdown: outcome.text, costUsd: outcome.costUsd, incomplete: outcome.end !== "done" };
}
