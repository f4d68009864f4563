import { type AuditRecipe, issueTypeOf } from "../domain/audit-recipe.ts";
import { causeOf } from "../domain/category.ts";
import type { Claim } from "../domain/finding.ts";
import { locateQuote } from "../domain/locate-quote.ts";
import { auditTask, sharedAuditBrief } from "../subagent/audit-brief.ts";
import { runSubagent } from "../subagent/loop.ts";
import { type ClaudeEngine, type ClaudeParts, subagentOptions } from "./claude-engine.ts";
import type { Investigate } from "./investigate.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import { readForAudit } from "./read-for-audit.ts";

/** One fresh subagent per subtask, which reads its files whole. What the static rules see in them stays on record. */
export function auditByClaude(prepared: PreparedAudit, engine: ClaudeEngine, parts: ClaudeParts): Investigate {
  const { recipe, tree } = prepared;
  const shared = sharedAuditBrief(recipe);
  return async (subtask, signal) => {
    const { texts, claims: evidence, leftOut } = await readForAudit(prepared, subtask, parts.detector, signal);
    const task = auditTask(subtask, { textOf: (path) => texts.get(path), evidence });
    const outcome = await runSubagent(
      subtask,
      { ...shared, task },
      {
        ...subagentOptions(engine, subtask, tree.head, parts, prepared.settings),
        findQuote: (path, quote, hint) => {
          const text = texts.get(path);
          return text === undefined ? undefined : locateQuote(text, quote, hint);
        },
      },
      signal,
    );
    const claims = [...evidence, ...outcome.claims.map((claim) => withType(recipe, claim))];
    // A model reads what the rules' parser cannot.
    return { outcome: { ...outcome, claims }, unanalysed: [], leftOut };
  };
}

/** The type that the recipe knows, where the model has called it by another usual name. */
export function withType(recipe: AuditRecipe, claim: Claim): Claim {
  if (issueTypeOf(recipe, claim) !== undefined) return claim;
  const cause = causeOf(claim.category);
  const type = recipe.issueTypes.find(({ id }) => cause !== undefined && causeOf(id) === cause);
  return type === undefined ? claim : { ...claim, category: type.id };
}
