import { ExternalError } from "../../domain/errors.ts";
import type { BatchAnswer, Batches } from "../../ports/batches.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Running } from "./batch-engine.ts";

const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 300_000;
/** Failures to hear of a batch, one after the other, after which it is left to a later run. */
const MAX_FAILURES = 10;

type Ended = { readonly batch: Running; readonly answers: ReadonlyMap<string, BatchAnswer> };

/**
 * Waits until one of the batches has ended, asking ever less often. A batch that the provider has forgotten has ended without answers.
 * @throws {ExternalError} the provider refuses to say, or was not to be heard for a long time.
 */
export async function waitForBatch(
  running: readonly Running[],
  batches: Batches,
  clock: Clock,
  signal: AbortSignal,
): Promise<Ended> {
  const known = running.find(({ answers }) => answers !== undefined);
  if (known?.answers !== undefined) return { batch: known, answers: known.answers };
  let failures = 0;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(1.5 * waitMs, LONGEST_WAIT_MS)) {
    let pauseMs = waitMs;
    try {
      // oxlint-disable-next-line no-await-in-loop -- polling
      const ended = await firstEnded(running, batches, signal);
      if (ended !== undefined) return ended;
      failures = 0;
    } catch (error) {
      failures += 1;
      const passes = error instanceof ExternalError && error.retryable;
      if (signal.aborted || !passes || failures > MAX_FAILURES) throw error;
      pauseMs = Math.max(waitMs, error.retryAfterMs ?? 0);
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await clock.sleep(pauseMs, signal);
  }
}

async function firstEnded(
  running: readonly Running[],
  batches: Batches,
  signal: AbortSignal,
): Promise<Ended | undefined> {
  for (const batch of running) {
    // oxlint-disable-next-line no-await-in-loop -- there are few, and the first that has ended is enough
    const state = await batches.find(batch.entry.id, signal);
    if (state === undefined) return { batch, answers: new Map() };
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (state.ended) return { batch, answers: await batches.answers(state.id, signal) };
  }
  return undefined;
}
