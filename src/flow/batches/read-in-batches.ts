import { ExternalError, errorMessage } from "../../domain/errors.ts";
import type { Subtask } from "../../domain/subtask.ts";
import type { BatchAnswer } from "../../ports/batches.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Investigation } from "../investigate.ts";
import type { PreparedAudit } from "../prepare-audit.ts";
import type { ReadAll } from "../read-all.ts";
import { abortReason } from "../task-runtime.ts";
import { type BatchEngine, type BatchParts, type Running, without } from "./batch-engine.ts";
import { answeredLater, concludeRequest, resumedBatch } from "./conclude-request.ts";
import { fillBatch } from "./fill-batch.ts";
import { handIn } from "./hand-in.ts";
import { waitForBatch } from "./wait-for-batch.ts";

/**
 * Reads all subtasks by batches of single questions: first what earlier runs have handed in, then as much as there is money for, and
 * more when a batch has cost less than it might have. When it is stopped, what has been handed in is left to a later run.
 */
export function readInBatches(prepared: PreparedAudit, engine: BatchEngine, parts: BatchParts): ReadAll {
  return async (signal) => {
    const { clock, journal } = parts;
    const ended = new Map<string, Investigation>();
    const settled = new Set(prepared.openBatches.lost);
    const running = new Set<Running>(prepared.openBatches.open.map((open) => resumedBatch(open, prepared, clock)));
    const todo = prepared.subtasks.filter(({ id }) => !prepared.resumed.has(id));
    const never = new AbortController().signal;

    const end = (subtask: Subtask, investigation: Investigation): void => {
      ended.set(subtask.id, investigation);
      journal.write({ kind: "subtask-end", subtask, outcome: investigation.outcome });
    };
    const takeUp = async (batch: Running, answers: ReadonlyMap<string, BatchAnswer>): Promise<void> => {
      let cost = 0;
      for (const [key, subtask] of batch.subtasks) {
        // oxlint-disable-next-line no-await-in-loop -- the texts of one subtask at a time are in memory
        const investigation = await concludeRequest(
          prepared,
          subtask,
          answers.get(key),
          batch,
          { engine, parts },
          never,
        );
        cost += investigation.outcome.costUsd;
        end(subtask, investigation);
      }
      batch.money?.settle(cost);
      running.delete(batch);
      settled.add(batch.entry.key);
    };
    const handInNext = async (): Promise<boolean> => {
      const reserved = [...running].reduce(
        (sum, { money, entry }) => sum + (money === undefined ? 0 : entry.worstUsd),
        0,
      );
      const freeUsd = engine.budgetUsd - engine.purse.spentUsd - reserved;
      const filling = { freeUsd, mustTake: running.size === 0, end };
      const filled = await fillBatch(prepared, todo, engine, parts, filling, signal);
      if (filled === undefined) return false;
      const { entry, requests, subtasks, money } = filled;
      for (const subtask of subtasks.values()) journal.write({ kind: "subtask-start", subtask });
      const taken = new Set([...running].map((batch) => batch.entry.id));
      try {
        const known = await handIn(entry, requests, { ...parts, batches: engine.batches, taken }, signal);
        running.add({ entry: known, subtasks, money, startedMs: entry.handedInMs });
        const message = `${requests.length} requests are in the batch ${known.id}: most are answered within an hour, all within a day`;
        journal.write({ kind: "waiting", message });
        return true;
      } catch (error) {
        money.release();
        if (!(error instanceof ExternalError)) throw error;
        for (const subtask of subtasks.values()) end(subtask, without(subtask, { end: "failed", error }, clock));
        // Others would be refused the same way.
        for (const subtask of todo.splice(0)) {
          end(subtask, without(subtask, { end: "cancelled", reason: error.message }, clock));
        }
        return false;
      }
    };

    try {
      while (todo.length > 0 || running.size > 0) {
        // oxlint-disable-next-line no-await-in-loop -- each batch takes what money the one before has left
        while (await handInNext());
        if (running.size === 0) break;
        // oxlint-disable-next-line no-await-in-loop -- the answers of one batch decide what the next can cost
        const { batch, answers } = await waitForBatch([...running], engine.batches, clock, signal);
        // oxlint-disable-next-line no-await-in-loop -- as above
        await takeUp(batch, answers);
      }
    } catch (error) {
      if (!signal.aborted && !(error instanceof ExternalError)) throw error;
      const why = signal.aborted ? abortReason(signal) : errorMessage(error);
      leave(running, todo, why, clock, end);
      if (error instanceof ExternalError && error.fatal) throw error;
    }
    return {
      investigations: prepared.subtasks.map(
        (subtask) => ended.get(subtask.id) ?? without(subtask, { end: "cancelled", reason: "never handed in" }, clock),
      ),
      settledBatches: [...settled],
      notes: prepared.openBatches.notes,
    };
  };
}

/** What is out there stays in the ledger, and what has not been handed in is left for another run. */
function leave(
  running: ReadonlySet<Running>,
  todo: readonly Subtask[],
  why: string,
  clock: Clock,
  end: (subtask: Subtask, investigation: Investigation) => void,
): void {
  for (const { entry, subtasks } of running) {
    const later = answeredLater(entry.id);
    for (const subtask of subtasks.values()) {
      end(subtask, { ...without(subtask, { end: "cancelled", reason: `${why}; ${later}` }, clock), later });
    }
  }
  for (const subtask of todo) end(subtask, without(subtask, { end: "cancelled", reason: why }, clock));
}
