import { ExternalError } from "../../domain/errors.ts";
import { costUsd, type PriceOverride, priceOf } from "../../domain/price.ts";
import type { Report } from "../../domain/report.ts";
import type { Outcome } from "../../domain/subtask.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Model, TurnRequest } from "../../ports/model.ts";
import type { Asked, OutcomeEntry, RunHeader, RunStore } from "../../ports/run-store.ts";
import type { Purse } from "../../subagent/purse.ts";
import type { Investigation } from "../investigate.ts";
import { type Checkpoint, type Lane, withLostTurns } from "./checkpoint.ts";
import { requestDigest } from "./request-digest.ts";
import { type RunMemory, storedError } from "./run-memory.ts";

/** Shortest pause between two saves of the report so far. */
const SAVE_EVERY_MS = 1_000;
/** The pause is at least this many times what the last save took, which grows with the run: saving costs it a few hundredths at most. */
const PAUSE_FACTOR = 30;

export type KeptRun = {
  readonly store: RunStore;
  /** For a new run; one that goes on has its own. */
  readonly header: RunHeader;
  readonly clock: Clock;
  readonly prices: readonly PriceOverride[];
  /** What an earlier part of this run left. */
  readonly memory: RunMemory | undefined;
};

/** Keeps a run as it goes, and goes on with what an earlier part of it left: answers that were paid for are not asked for again. */
export function keepRun({ store, header, clock, prices, memory }: KeptRun): Checkpoint {
  const pausedMs = memory === undefined ? 0 : clock.now() - memory.lastMs;
  const own: Clock = { now: () => clock.now() - pausedMs, sleep: (ms, signal) => clock.sleep(ms, signal) };
  const startMs = memory?.header.startedMs ?? header.startedMs;
  const kept = new Set<string>();
  let nextSaveMs = Number.NEGATIVE_INFINITY;
  if (memory === undefined) store.append(header);
  else store.append({ kind: "resume", version: header.version, atMs: own.now() });

  const keep = ({ outcome, unanalysed, leftOut = [], parts }: Investigation): void => {
    kept.add(outcome.subtaskId);
    const split = parts?.map((part) => ({ subtask: part.subtask, outcome: stored(part.outcome) }));
    store.append({
      kind: "outcome",
      outcome: stored(outcome),
      unanalysed,
      ...(leftOut.length === 0 ? {} : { leftOut }),
      ...(split === undefined ? {} : { parts: split }),
    });
  };

  return {
    startMs,
    clock: own,
    paidUsd: memory?.paidUsd ?? 0,
    lane: (asker, lane) => keptLane(asker, lane, { store, header, clock: own, prices, memory }),
    investigate: (inner) => async (subtask, signal, earlier) => {
      const before = memory?.investigationOf(subtask.id);
      if (before !== undefined && isFinished(before.outcome)) {
        kept.add(subtask.id);
        return before;
      }
      const investigation = await inner(subtask, signal, earlier);
      const whole = memory === undefined ? investigation : withLostTurns(investigation, memory.takeRest(subtask.id));
      keep(whole);
      // What counts as finished must not be paid for again, whatever happens to this process next.
      await store.settled?.();
      return whole;
    },
    adopt: (subtaskId) => void kept.add(subtaskId),
    journal: {
      write(event) {
        if (event.kind === "subtask-end" && !kept.has(event.subtask.id)) {
          keep({ outcome: event.outcome, unanalysed: [] });
        }
      },
    },
    ending(now) {
      store.append({ kind: "end", endedMs: own.now(), ...now });
      return now;
    },
    saveReport(report) {
      const beganMs = clock.now();
      if (beganMs < nextSaveMs) return;
      store.saveReport(report());
      const savedMs = clock.now();
      nextSaveMs = savedMs + Math.max(SAVE_EVERY_MS, PAUSE_FACTOR * (savedMs - beganMs));
    },
    saveFinalReport: (report: Report) => store.saveReport(report),
  };
}

/** Whether asking again would change nothing: what failed, was stopped or could not be paid is done again. */
function isFinished(outcome: Outcome): boolean {
  if (outcome.end === "out-of-budget") return outcome.limit !== "money" && outcome.limit !== "time";
  return outcome.end === "done" || outcome.end === "refused";
}

function stored(outcome: Outcome): OutcomeEntry["outcome"] {
  return outcome.end === "failed" ? { ...outcome, error: storedError(outcome.error) } : outcome;
}

function keptLane(asker: string, { model, purse }: Lane, { store, header, clock, prices, memory }: KeptRun): Lane {
  let turn = 0;
  let isRecalled = false;
  const recording: Model = {
    async turn(request, signal) {
      turn += 1;
      const digest = requestDigest(request);
      const known = memory?.take(asker, digest.hash, (entry) => entry.kind === "turn" && entry.answer !== undefined);
      if (known?.kind === "turn" && known.answer !== undefined) {
        isRecalled = true;
        request.onFirstEvent?.();
        return { ...known.answer, usage: known.usage };
      }
      const startedMs = clock.now();
      const asked = (): Asked => ({ asker, turn, ...digest, startedMs, endedMs: clock.now() });
      const price = priceOf(request.model, prices, header.request.isRegional);
      let broken: unknown;
      const fail = (cause: unknown, isBroken: boolean): void => {
        const error = storedError(cause);
        const cost = error.usage === undefined ? 0 : costUsd(price, error.usage);
        store.append({ kind: "failure", ...asked(), isBroken, costUsd: cost, error });
      };
      const { onBroken } = request;
      const watched: TurnRequest =
        onBroken === undefined
          ? request
          : {
              ...request,
              onBroken(error) {
                broken = error;
                fail(error, true);
                return onBroken(error);
              },
            };
      try {
        const { usage, ...answer } = await model.turn(watched, signal);
        store.append({ kind: "turn", ...asked(), usage, costUsd: costUsd(price, usage), answer });
        return { ...answer, usage };
      } catch (error) {
        const isBilled = error instanceof ExternalError && error.usage !== undefined;
        if (error !== broken && (isBilled || !signal.aborted)) fail(error, false);
        throw error;
      }
    },
  };
  const paying: Purse = {
    get spentUsd() {
      return purse.spentUsd;
    },
    async reserve(usd, signal) {
      const reservation = await purse.reserve(usd, signal);
      return (
        reservation && {
          settle(costs) {
            // An answer from the transcript was paid by the part of the run that asked for it.
            if (isRecalled) reservation.release();
            else reservation.settle(costs);
            isRecalled = false;
          },
          release: () => reservation.release(),
        }
      );
    },
  };
  return { model: recording, purse: paying };
}
