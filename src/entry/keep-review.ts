import type { ReadTranscript } from "../adapters/journal/transcript.ts";
import { budgetOf } from "../domain/budget-of.ts";
import { ConfigurationError, errorMessage } from "../domain/errors.ts";
import { type Checkpoint, planHash } from "../flow/checkpoint/checkpoint.ts";
import { keepRun } from "../flow/checkpoint/keep-run.ts";
import { mismatch } from "../flow/checkpoint/mismatch.ts";
import { replayRun } from "../flow/checkpoint/replay-run.ts";
import { runMemory } from "../flow/checkpoint/run-memory.ts";
import type { PreparedReview } from "../flow/prepare-review.ts";
import {
  type RunHeader,
  type RunKeeper,
  type RunRequest,
  TRANSCRIPT_SCHEMA,
  type TranscriptEntry,
} from "../ports/run-store.ts";
import type { ReviewOrder } from "./compose-review.ts";
import type { Earlier } from "./folder-keeper.ts";
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
  const say = (description: string): void => order.journal.write({ kind: "run-start", description });
  const { keeper } = keeping;
  return {
    async checkpointFor(prepared, signal) {
      const header = headerOf(order, prepared, keeping.asked);
      const earlier = keeping.earlier === "ignore" ? [] : await earlierPart(keeping, header, say, signal);
      const goesOn = earlier.length > 0;
      const store = await keeper.open(goesOn, signal);
      if (store === undefined) return undefined;
      open.use(store);
      const memory = goesOn ? runMemory(headerIn(earlier), earlier) : undefined;
      const { prices } = prepared.settings;
      return keepRun({ store, header, clock: SYSTEM_CLOCK, prices, isRegional: order.claude?.isRegional, memory });
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

/** The first line of a transcript. */
export function headerIn(entries: ReadTranscript["entries"]): RunHeader {
  const [header] = entries;
  if (header?.kind !== "run") throw new Error("a transcript that was read begins with its header");
  return header;
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

/** What an earlier attempt left, when this run can go on from it. */
async function earlierPart(
  { keeper, earlier }: Keeping,
  now: RunHeader,
  say: (description: string) => void,
  signal: AbortSignal,
): Promise<readonly TranscriptEntry[]> {
  const { place } = keeper;
  if (earlier === "resume") {
    const entries = await keeper.earlier(now, signal);
    const why = mismatch(headerIn(entries), now);
    if (why === undefined) return entries;
    throw new ConfigurationError(`${place} cannot be resumed: ${why}. Start a new review instead`);
  }
  try {
    const entries = await keeper.earlier(now, signal);
    if (entries.length === 0) return [];
    const why = mismatch(headerIn(entries), now);
    say(why === undefined ? `going on with the run in ${place}` : `the run in ${place} is another one: ${why}`);
    return why === undefined ? entries : [];
  } catch (error) {
    signal.throwIfAborted();
    say(`the run in ${place} cannot be used: ${errorMessage(error)}`);
    return [];
  }
}
