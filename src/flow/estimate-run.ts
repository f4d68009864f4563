import { type Estimate, estimateReview } from "../domain/estimate.ts";
import { priceOf } from "../domain/price.ts";
import { estimateTokens } from "../domain/token-estimate.ts";
import { sharedBrief } from "../subagent/brief.ts";
import type { PreparedReview } from "./prepare-review.ts";

/** What a prepared review is expected to cost with `modelId`. Asks nobody. */
export function estimateRun(prepared: PreparedReview, modelId: string, isRegional = false): Estimate {
  const { plan, plannedChange: changeSet, headTexts, guidance, settings } = prepared;
  const { system, prefix } = sharedBrief({ changeSet, guidance, instructions: settings.instructions });
  return estimateReview({
    plan,
    files: new Map(changeSet.files.map((file) => [file.path, file])),
    headText: (path) => headTexts.get(path),
    prefixTokens: estimateTokens(system) + estimateTokens(prefix),
    price: priceOf(modelId, settings.prices, isRegional),
  });
}
