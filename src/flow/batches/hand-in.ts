import { ExternalError } from "../../domain/errors.ts";
import { type LedgerBatch, withBatch, withoutBatches } from "../../domain/ledger.ts";
import type { Batches, BatchRequest, BatchState } from "../../ports/batches.ts";
import type { Clock } from "../../ports/clock.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import { findHandedIn } from "./find-handed-in.ts";

/** Tries to hand in one batch. */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 5_000;

/**
 * Hands in a batch, so that no run that comes after this one pays for it again: it is written down before, and its id after. What
 * was refused is crossed out again; what may have been taken stays.
 * @throws {ExternalError} it was refused, or nobody knows whether it was taken.
 */
export async function handIn(
  entry: LedgerBatch,
  requests: readonly BatchRequest[],
  parts: {
    readonly batches: Batches;
    readonly ledger: LedgerStore;
    readonly clock: Clock;
    /** Ids of batches that are known to be others. */
    readonly taken: ReadonlySet<string>;
  },
  signal: AbortSignal,
): Promise<LedgerBatch & { readonly id: string }> {
  const size = `${requests.length} requests`;
  await parts.ledger.update((ledger) => withBatch(ledger, entry), `${entry.recipe}: a batch of ${size}`, signal);
  const state = await submit(entry, requests, parts, signal);
  const known = { ...entry, id: state.id };
  await parts.ledger.update((ledger) => withBatch(ledger, known), `${entry.recipe}: the batch is ${state.id}`, signal);
  return known;
}

async function submit(
  entry: LedgerBatch,
  requests: readonly BatchRequest[],
  { batches, ledger, clock, taken }: Parameters<typeof handIn>[2],
  signal: AbortSignal,
): Promise<BatchState> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next attempt is made when this one has failed
      return await batches.submit(requests, signal);
    } catch (error) {
      if (!(error instanceof ExternalError)) throw error;
      if (!error.retryable) {
        // oxlint-disable-next-line no-await-in-loop -- as above
        await ledger.update(
          (newest) => withoutBatches(newest, entry.recipe, [entry.key]),
          `${entry.recipe}: the batch was refused`,
          signal,
        );
        throw error;
      }
      if (attempt === ATTEMPTS) throw error;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await clock.sleep(Math.max(error.retryAfterMs ?? 0, FIRST_WAIT_MS * 2 ** (attempt - 1)), signal);
    }
    // An answer that got lost on its way back is no reason to pay twice.
    // oxlint-disable-next-line no-await-in-loop -- as above
    const found = await findHandedIn(batches, entry, taken, signal).catch(() => signal.throwIfAborted());
    if (found !== undefined) return found;
  }
}
