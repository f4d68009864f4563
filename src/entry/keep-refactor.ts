import type { Sha } from "../domain/change-set.ts";
import type { PriceOverride } from "../domain/price.ts";
import { type Checkpoint, planHash } from "../flow/checkpoint/checkpoint.ts";
import type { PreparedRefactor } from "../flow/refactor/prepare-refactor.ts";
import type { Journal } from "../ports/journal.ts";
import { type RunKeeper, TRANSCRIPT_SCHEMA } from "../ports/run-store.ts";
import type { ClaudeAccess } from "./engine-choice.ts";
import { openCheckpoint } from "./open-checkpoint.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { VERSION } from "./version.ts";

export type RefactorKeeping = {
  readonly keeper: RunKeeper;
  /** Names the request. */
  readonly run: string;
  readonly repository: string;
  /** The commit that is changed, and the one that recipes and settings are read from. */
  readonly head: Sha;
  readonly guidance: Sha;
  readonly budgetUsd: number;
  readonly journal: Journal;
};

/**
 * Keeps what the writers and reviewers of a refactor ask and are answered. Whoever goes on with it lets them write again from the same
 * answers: none is asked for twice. Dispose it when the refactor is over.
 */
export function keepRefactor(
  { keeper, run, repository, head, guidance, budgetUsd, journal }: RefactorKeeping,
  { plan }: Pick<PreparedRefactor, "plan">,
  { claude, prices }: { readonly claude: ClaudeAccess | undefined; readonly prices: readonly PriceOverride[] },
  signal: AbortSignal,
): Promise<(Checkpoint & AsyncDisposable) | undefined> {
  const model = claude === undefined ? {} : { model: claude.modelId };
  const effort = claude?.effort === undefined ? {} : { effort: claude.effort };
  const place = claude?.isRegional === true ? ({ isRegional: true } as const) : {};
  return openCheckpoint(
    { keeper, earlier: "resume-if-same", prices, journal },
    {
      kind: "run",
      schema: TRANSCRIPT_SCHEMA,
      version: VERSION,
      startedMs: SYSTEM_CLOCK.now(),
      repository,
      base: guidance,
      head,
      planHash: planHash({ ...plan, notes: [] }),
      budgetUsd,
      request: { run, engine: claude === undefined ? "rules" : "claude", ...model, ...effort, ...place },
    },
    signal,
  );
}
