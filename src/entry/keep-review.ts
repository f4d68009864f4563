import type { ReadTranscript } from "../adapters/journal/transcript.ts";
import { budgetOf } from "../domain/budget-of.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { type Checkpoint, planHash } from "../flow/checkpoint/checkpoint.ts";
import { mismatch } from "../flow/checkpoint/mismatch.ts";
import { replayRun } from "../flow/checkpoint/replay-run.ts";
import { runMemory } from "../flow/checkpoint/run-memory.ts";
import type { PreparedReview } from "../flow/prepare-review.ts";
import { type RunHeader, type RunKeeper, type RunRequest, TRANSCRIPT_SCHEMA } from "../ports/run-store.ts";
import type { ReviewOrder } from "./compose-review.ts";
import type { Earlier } from "./folder-keeper.ts";
import { headerIn, openCheckpoint } from "./open-checkpoint.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { VERSION } from "./version.ts";

export type Keeping = {
  readonly keeper: RunKeeper;
  /** How the run was asked for, beside what the order says. */
  readonly asked: Pick<RunRequest, "run" | "baseRef" | "headRef">;
  readonly earlier: Earlier;
};

/** Keeps a review while it runs. Dispose it when the run is over. */
export function keepReview(order: ReviewOrder, keeping: Keeping): AsyncDisposable & KeptReview {
  const open = new AsyncDisposableStack();
  return {
    async checkpointFor(prepared, signal) {
      const header = headerOf(order, prepared, keeping.asked);
      const place = { ...keeping, prices: prepared.settings.prices, journal: order.journal };
      const opened = await openCheckpoint(place, header, signal);
      return opened === undefined ? undefined : open.use(opened);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

type KeptReview = {
  readonly checkpointFor: (prepared: PreparedReview, signal: AbortSignal) => Promise<Checkpoint | undefined>;
};

/**
 * Tells a kept review again.
 * @throws {ConfigurationError} the transcript is of another change, plan or version, or of a run that has not ended.
 */
export function replayReview(order: ReviewOrder, transcript: ReadTranscript): KeptReview["checkpointFor"] {
  const then = headerIn(transcript.entries);
  const { run, baseRef, headRef } = then.request;
  return async (prepared) => {
    const asked = { run, ...(baseRef === undefined ? {} : { baseRef }), ...(headRef === undefined ? {} : { headRef }) };
    const why = mismatch(then, headerOf(order, prepared, asked));
    if (why !== undefined) throw new ConfigurationError(`the transcript cannot be replayed here: ${why}`);
    return replayRun(runMemory(then, transcript.entries), prepared.plan);
  };
}

function headerOf(order: ReviewOrder, prepared: PreparedReview, asked: Keeping["asked"]): RunHeader {
  const { changeSet, plan, settings } = prepared;
  const { claude, paths, lenses, failOn } = order;
  const verifierModel = order.verifierModel ?? settings.quality.verifierModel;
  return {
    kind: "run",
    schema: TRANSCRIPT_SCHEMA,
    version: VERSION,
    startedMs: SYSTEM_CLOCK.now(),
    repository: changeSet.repository,
    base: changeSet.base,
    head: changeSet.head,
    planHash: planHash(plan),
    budgetUsd: budgetOf(order, settings),
    request: {
      ...asked,
      engine: claude === undefined ? "rules" : "claude",
      ...(claude === undefined ? {} : { model: claude.modelId }),
      ...(claude === undefined || verifierModel === undefined ? {} : { verifierModel }),
      ...(claude?.effort === undefined ? {} : { effort: claude.effort }),
      ...(claude?.isRegional === true ? { isRegional: true } : {}),
      ...(paths === undefined ? {} : { paths }),
      ...(lenses === undefined ? {} : { lenses }),
      ...(failOn === undefined ? {} : { failOn }),
    },
  };
}
