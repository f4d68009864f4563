import type { LedgerBatch } from "../../domain/ledger.ts";
import { costUsd, type Price } from "../../domain/price.ts";
import type { BatchAnswer, Batches } from "../../ports/batches.ts";
import { findHandedIn } from "./find-handed-in.ts";

/** A batch of an earlier run. `answers` are absent while it is running. */
export type OpenBatch = {
  readonly entry: LedgerBatch & { readonly id: string };
  readonly answers?: ReadonlyMap<string, BatchAnswer>;
};

/** What earlier runs have handed in and nobody has taken up. */
export type OpenBatches = {
  readonly open: readonly OpenBatch[];
  /** What they cost, or can cost at the most while they run: none of this run's budget may count on it. */
  readonly committedUsd: number;
  /** Keys of those that were never taken, or that the provider has forgotten. */
  readonly lost: readonly string[];
  readonly notes: readonly string[];
};

export const NO_BATCHES: OpenBatches = { open: [], committedUsd: 0, lost: [], notes: [] };

/** Looks up what became of the batches in the ledger. */
export async function openBatches(
  entries: readonly LedgerBatch[],
  batches: Batches,
  price: Price,
  signal: AbortSignal,
): Promise<OpenBatches> {
  const taken = new Set(entries.flatMap(({ id }) => id ?? []));
  const open: OpenBatch[] = [];
  const lost: string[] = [];
  const notes: string[] = [];
  let committedUsd = 0;
  for (const entry of entries) {
    // oxlint-disable-next-line no-await-in-loop -- a batch that is found for one is not to be found for another
    const found = await lookUp(entry, batches, taken, signal);
    if (found === undefined) {
      lost.push(entry.key);
      if (entry.id !== undefined) notes.push(`Claude does not know the batch ${entry.id} any more: it is read anew.`);
      continue;
    }
    taken.add(found.entry.id);
    open.push(found);
    committedUsd += found.answers === undefined ? entry.worstUsd : costOf(found.answers, price);
  }
  return { open, committedUsd, lost, notes };
}

async function lookUp(
  entry: LedgerBatch,
  batches: Batches,
  taken: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<OpenBatch | undefined> {
  const state =
    entry.id === undefined ? await findHandedIn(batches, entry, taken, signal) : await batches.find(entry.id, signal);
  if (state === undefined) return undefined;
  const known = { ...entry, id: state.id };
  return state.ended ? { entry: known, answers: await batches.answers(state.id, signal) } : { entry: known };
}

function costOf(answers: ReadonlyMap<string, BatchAnswer>, price: Price): number {
  return [...answers.values()].reduce(
    (sum, answer) => sum + (answer.kind === "answered" ? costUsd(price, answer.turn.usage) : 0),
    0,
  );
}
