import { ConfigurationError, errorMessage } from "../domain/errors.ts";
import type { PriceOverride } from "../domain/price.ts";
import type { Checkpoint } from "../flow/checkpoint/checkpoint.ts";
import { keepRun } from "../flow/checkpoint/keep-run.ts";
import { mismatch } from "../flow/checkpoint/mismatch.ts";
import { runMemory } from "../flow/checkpoint/run-memory.ts";
import type { Journal } from "../ports/journal.ts";
import type { RunHeader, RunKeeper, TranscriptEntry } from "../ports/run-store.ts";
import type { Earlier } from "./folder-keeper.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

export type CheckpointPlace = {
  readonly keeper: RunKeeper;
  readonly earlier: Earlier;
  readonly prices: readonly PriceOverride[];
  readonly journal: Journal;
};

/**
 * Keeps a run from here on, and goes on with what an earlier attempt at this very run left. Undefined when the place cannot be written
 * and that costs no more than the checkpoint. Dispose it when the run is over.
 */
export async function openCheckpoint(
  place: CheckpointPlace,
  header: RunHeader,
  signal: AbortSignal,
): Promise<(Checkpoint & AsyncDisposable) | undefined> {
  const { keeper, prices } = place;
  const earlier = place.earlier === "ignore" ? [] : await earlierPart(place, header, signal);
  const goesOn = earlier.length > 0;
  const store = await keeper.open(goesOn, signal);
  if (store === undefined) return undefined;
  const memory = goesOn ? runMemory(headerIn(earlier), earlier) : undefined;
  const checkpoint = keepRun({ store, header, clock: SYSTEM_CLOCK, prices, memory });
  return { ...checkpoint, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** The first line of a transcript. */
export function headerIn(entries: readonly TranscriptEntry[]): RunHeader {
  const [header] = entries;
  if (header?.kind !== "run") throw new Error("a transcript that was read begins with its header");
  return header;
}

/** What an earlier attempt left, when this run can go on from it. */
async function earlierPart(
  { keeper, earlier, journal }: CheckpointPlace,
  now: RunHeader,
  signal: AbortSignal,
): Promise<readonly TranscriptEntry[]> {
  const { place } = keeper;
  const say = (description: string): void => journal.write({ kind: "run-start", description });
  if (earlier === "resume") {
    const entries = await keeper.earlier(now.request.run, signal);
    const why = mismatch(headerIn(entries), now);
    if (why === undefined) return entries;
    throw new ConfigurationError(`${place} cannot be resumed: ${why}. Start a new review instead`);
  }
  try {
    const entries = await keeper.earlier(now.request.run, signal);
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
