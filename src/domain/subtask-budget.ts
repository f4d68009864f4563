import type { Lens } from "./lens.ts";
import type { Budget, RiskTier, ToolName } from "./subtask.ts";

/** The shared prefix (up to 30,000 tokens of intent, map and guidance), the prompt itself and what tools return on average in a turn. */
const TOKENS_BESIDE_THE_BRIEF = 45_000;

type Allowance = { readonly turns: number; readonly outputTokens: number };

/** The same for every reader: tools come first in a prompt, so one set of them lets all share one cached prefix. */
const READER: readonly ToolName[] = ["Read", "Glob", "Grep", "report_findings"];

/**
 * light: one answer, and one more turn to mend an answer that did not validate.
 * normal: a handful of look-ups around the change. deep: callers, configuration and tests as well.
 * Output includes thinking, which is most of it.
 */
const ALLOWANCES: Record<RiskTier, Allowance> = {
  light: { turns: 2, outputTokens: 8_000 },
  normal: { turns: 12, outputTokens: 16_000 },
  deep: { turns: 24, outputTokens: 32_000 },
};

/** Turns, tokens and tools of one subtask whose brief has about `briefTokens`. Tokens bind only when tool results run away. */
export function allowanceFor(
  risk: RiskTier,
  briefTokens: number,
): { readonly budget: Budget; readonly tools: readonly ToolName[] } {
  const { turns, outputTokens } = ALLOWANCES[risk];
  const tokens = turns * (TOKENS_BESIDE_THE_BRIEF + Math.ceil(briefTokens)) + outputTokens;
  return { tools: READER, budget: { turns, tokens, outputTokens } };
}

/** The same within what the lens's own file allows: fewer tools, fewer turns, never more. */
export function narrowed(allowance: ReturnType<typeof allowanceFor>, lens: Lens | undefined): typeof allowance {
  if (lens === undefined) return allowance;
  const { budget, tools } = allowance;
  const { tools: allowed, maxTurns } = lens;
  return {
    tools: allowed === undefined ? tools : tools.filter((tool) => tool === "report_findings" || allowed.includes(tool)),
    budget: maxTurns === undefined ? budget : { ...budget, turns: Math.min(budget.turns, maxTurns) },
  };
}

/** One claim is looked at, and the code around it: the brief is small, and so is the answer. */
const VERIFIER_BRIEF_TOKENS = 6_000;

/** What one verifier may use. */
export const VERIFIER_ALLOWANCE: { readonly budget: Budget; readonly tools: readonly ToolName[] } = {
  tools: ["Read", "Glob", "Grep", "report_verdict"],
  budget: { ...allowanceFor("normal", VERIFIER_BRIEF_TOKENS).budget, turns: 10 },
};

/** For detectors: no model is asked, so there is nothing to spend and nothing to grant. */
export const NO_ALLOWANCE: { readonly budget: Budget; readonly tools: readonly ToolName[] } = {
  tools: [],
  budget: { turns: 0, tokens: 0, outputTokens: 0 },
};
