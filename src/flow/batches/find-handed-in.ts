import type { LedgerBatch } from "../../domain/ledger.ts";
import type { BatchAnswer, Batches, BatchState } from "../../ports/batches.ts";

/** The provider's clock and ours differ by less than this. */
const SKEW_MS = 10 * 60_000;

/**
 * The batch that was written down and of which nobody noted whether it was taken: one of the same size, handed in since then, and
 * by its answers, where there are any, the same requests. Undefined when it never was. `taken` are ids that belong to others.
 */
export async function findHandedIn(
  batches: Batches,
  { handedInMs, requests }: Pick<LedgerBatch, "handedInMs" | "requests">,
  taken: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<BatchState | undefined> {
  const alike = (await batches.since(handedInMs - SKEW_MS, signal)).filter(
    (state) => state.requests === requests.length && !taken.has(state.id),
  );
  const keys = new Set(requests.map(({ key }) => key));
  for (const state of alike) {
    // Only an ended batch says what was asked; one that is still running is taken for ours until it has.
    // oxlint-disable-next-line no-await-in-loop -- there is hardly ever more than one
    if (!state.ended || areOf(await batches.answers(state.id, signal), keys)) return state;
  }
  return undefined;
}

/** Whether these are the answers to exactly those requests. */
function areOf(answers: ReadonlyMap<string, BatchAnswer>, keys: ReadonlySet<string>): boolean {
  return answers.size === keys.size && [...answers.keys()].every((key) => keys.has(key));
}
