import { type Ending, freeOutcome } from "../../domain/free-outcome.ts";
import type { LedgerBatch } from "../../domain/ledger.ts";
import type { Subtask } from "../../domain/subtask.ts";
import type { Batches } from "../../ports/batches.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Detector } from "../../ports/detector.ts";
import type { Journal } from "../../ports/journal.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import type { Purse, Reservation } from "../../subagent/purse.ts";
import type { Investigation } from "../investigate.ts";
import type { OpenBatch } from "./open-batches.ts";
import type { SingleShot } from "./single-shot.ts";

/** The claude engine, asked in batches. */
export type BatchEngine = SingleShot & {
  readonly batches: Batches;
  /** Holds what `budgetUsd` says, and is used by nobody else while batches are read. */
  readonly purse: Purse;
  readonly budgetUsd: number;
};

/** What reading in batches is done with. */
export type BatchParts = {
  readonly detector: Detector;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ledger: LedgerStore;
};

/** A batch that is waited for: its subtasks by the key of the request, and the money that was set aside for it. */
export type Running = {
  readonly entry: LedgerBatch & { readonly id: string };
  readonly subtasks: ReadonlyMap<string, Subtask>;
  readonly startedMs: number;
  readonly money?: Reservation;
  readonly answers?: OpenBatch["answers"];
};

/** What a subtask comes to that nobody was asked about. */
export function without(subtask: Subtask, ending: Ending, clock: Clock): Investigation {
  const now = clock.now();
  return { outcome: freeOutcome(subtask, { startedMs: now, endedMs: now }, [], ending), unanalysed: [] };
}
