import type { ChangedFile } from "./diff.ts";
import type { Plan } from "./plan.ts";
import { costUsd, type Price } from "./price.ts";
import type { RepoPath } from "./repo-path.ts";
import { subtaskFileTokens } from "./subtask-tokens.ts";
import type { RiskTier, Subtask } from "./subtask.ts";
import { addUsage, NO_USAGE, type Usage } from "./usage.ts";

/**
 * What a subagent is taken to do, by how deep it looks. Assumptions, not measurements: an answer with its thinking is about 1,500 tokens,
 * what tools return in a turn about 2,000. A real run differs by what the model finds worth looking up.
 */
const TYPICAL: Record<RiskTier, { readonly turns: number; readonly outputTokens: number }> = {
  light: { turns: 1, outputTokens: 1_000 },
  normal: { turns: 3, outputTokens: 1_500 },
  deep: { turns: 6, outputTokens: 2_000 },
};
const TOOL_RESULT_TOKENS = 2_000;
/** Task, lens and tools around the files of a brief. */
const FRAME_TOKENS = 1_000;
/** Prefixes below this are not cached (the adapter's own bound, in tokens). */
const CACHEABLE_TOKENS = 1_000;

export type PhaseEstimate = {
  readonly phase: string;
  readonly subtasks: number;
  readonly requests: number;
  readonly usage: Usage;
  readonly costUsd: number;
};

/** What a run is expected to cost, phase by phase in the order they run. */
export type Estimate = {
  readonly phases: readonly PhaseEstimate[];
  readonly usage: Usage;
  readonly costUsd: number;
};

/** Estimates a review before a token is spent: one phase for each depth of reading that the plan has. */
export function estimateReview(parts: {
  readonly plan: Plan;
  readonly files: ReadonlyMap<RepoPath, ChangedFile>;
  readonly headText: (path: RepoPath) => string | undefined;
  /** Tokens that all subagents share. */
  readonly prefixTokens: number;
  readonly price: Price;
}): Estimate {
  const { plan, price } = parts;
  const first = plan.subtasks[0];
  const phases = (["deep", "normal", "light"] as const).flatMap((risk): PhaseEstimate[] => {
    const subtasks = plan.subtasks.filter((subtask) => subtask.risk === risk);
    if (subtasks.length === 0) return [];
    const turns = subtasks.flatMap((subtask) => turnsOf(subtask, subtask === first, parts));
    return [
      {
        phase: `review (${risk})`,
        subtasks: subtasks.length,
        requests: turns.length,
        usage: turns.reduce(addUsage, NO_USAGE),
        costUsd: turns.reduce((sum, usage) => sum + costUsd(price, usage), 0),
      },
    ];
  });
  return {
    phases,
    usage: phases.map(({ usage }) => usage).reduce(addUsage, NO_USAGE),
    costUsd: phases.reduce((sum, phase) => sum + phase.costUsd, 0),
  };
}

/** The usage of each turn of one subagent. The first subagent writes the shared prefix to the cache, the others read it. */
function turnsOf(
  subtask: Subtask,
  isFirst: boolean,
  { files, headText, prefixTokens }: Pick<Parameters<typeof estimateReview>[0], "files" | "headText" | "prefixTokens">,
): readonly Usage[] {
  const own = subtask.files.reduce((sum, part) => sum + subtaskFileTokens(part, files, headText), FRAME_TOKENS);
  const { turns, outputTokens } = TYPICAL[subtask.risk];
  const isCached = prefixTokens >= CACHEABLE_TOKENS;
  return Array.from({ length: Math.min(turns, Math.max(1, subtask.budget.turns)) }, (_, index): Usage => {
    const grown = outputTokens + TOOL_RESULT_TOKENS;
    if (index === 0) {
      return {
        inputTokens: own + (isCached ? 0 : prefixTokens),
        outputTokens,
        cacheReadTokens: isCached && !isFirst ? prefixTokens : 0,
        cacheWriteTokens: isCached && isFirst ? prefixTokens : 0,
      };
    }
    // The second turn writes the brief and the first results to the cache; from the third on only what is new.
    const before = prefixTokens + own + (index - 1) * grown;
    return index === 1
      ? {
          inputTokens: 0,
          outputTokens,
          cacheReadTokens: isCached ? prefixTokens : 0,
          cacheWriteTokens: own + grown + (isCached ? 0 : prefixTokens),
        }
      : { inputTokens: 0, outputTokens, cacheReadTokens: before, cacheWriteTokens: grown };
  });
}
