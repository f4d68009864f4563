import { join } from "node:path";

import type { PriceOverride } from "../domain/price.ts";
import type { Checkpoint } from "../flow/checkpoint/checkpoint.ts";
import { keepRun } from "../flow/checkpoint/keep-run.ts";
import { type RunKeeper, TRANSCRIPT_SCHEMA } from "../ports/run-store.ts";
import type { ClaudeAccess } from "./engine-choice.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { VERSION } from "./version.ts";

/** Where, in an output directory, a question's transcript goes: a review's lies in the directory itself. */
export function askFolder(outputFolder: string): string {
  return join(outputFolder, "ask");
}

export type AskedOf = {
  readonly keeper: RunKeeper;
  readonly run: string;
  readonly repository: string;
  readonly head: string;
  readonly claude: ClaudeAccess;
  readonly budgetUsd: number;
  readonly prices: readonly PriceOverride[];
};

/**
 * Keeps what a coordinator and its subagents ask and are answered, as it happens. Dispose it when the answer is there.
 * @throws {ConfigurationError} the place cannot be written to begin with, and somebody asked for it.
 */
export async function keepAsk(
  asked: AskedOf,
  signal: AbortSignal,
): Promise<(AsyncDisposable & Pick<Checkpoint, "lane">) | undefined> {
  const { keeper, run, repository, head, claude, budgetUsd, prices } = asked;
  const store = await keeper.open(false, signal);
  if (store === undefined) return undefined;
  const { modelId: model, effort } = claude;
  const checkpoint = keepRun({
    store,
    header: {
      kind: "run",
      schema: TRANSCRIPT_SCHEMA,
      version: VERSION,
      startedMs: SYSTEM_CLOCK.now(),
      repository,
      base: head,
      head,
      // There is no plan: the coordinator makes it up as it goes.
      planHash: "",
      budgetUsd,
      request: {
        run,
        engine: "claude",
        model,
        ...(effort === undefined ? {} : { effort }),
        ...(claude.isRegional === true ? { isRegional: true } : {}),
      },
    },
    clock: SYSTEM_CLOCK,
    prices,
    memory: undefined,
  });
  return {
    lane: (asker, lane) => checkpoint.lane(asker, lane),
    async [Symbol.asyncDispose]() {
      checkpoint.ending({ timeUp: false });
      await store[Symbol.asyncDispose]();
    },
  };
}
