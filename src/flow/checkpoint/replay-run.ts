import { ConfigurationError, ExternalError } from "../../domain/errors.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Outcome } from "../../domain/subtask.ts";
import type { Model } from "../../ports/model.ts";
import type { Purse } from "../../subagent/purse.ts";
import { type Checkpoint, withLostTurns } from "./checkpoint.ts";
import { firstDifference, requestDigest } from "./request-digest.ts";
import { type Exchange, restoredError, type RunMemory } from "./run-memory.ts";

const ENDLESS: Purse = {
  spentUsd: 0,
  reserve: async () => ({ settle: () => undefined, release: () => undefined }),
};

/**
 * Tells a run again from its transcript: every answer comes from there, times too, and no network is needed. What ended from outside
 * (stopped, failed, out of money or time) ends as it did. A request that was not recorded ends the run.
 * @throws {ConfigurationError} the transcript is of a run that has not ended.
 */
export function replayRun(memory: RunMemory, plan: Plan): Checkpoint {
  const { end, header } = memory;
  const missing = plan.subtasks.find(({ id }) => memory.investigationOf(id) === undefined);
  if (end === undefined || missing !== undefined) {
    const what = missing === undefined ? "the run had ended" : `${missing.id} had ended`;
    throw new ConfigurationError(
      `the transcript stops before ${what}: finish the run with \`resume <findings.json>\`, then replay it`,
    );
  }
  let missed: ExternalError | undefined;
  const onMiss = (error: ExternalError): void => {
    missed ??= error;
  };
  return {
    startMs: header.startedMs,
    clock: { now: () => header.startedMs, sleep: async () => undefined },
    paidUsd: 0,
    lane: (asker) => ({ model: replayModel(asker, memory, onMiss), purse: ENDLESS }),
    investigate: (inner) => async (subtask, signal, before) => {
      const recorded = memory.investigationOf(subtask.id);
      if (recorded === undefined || endedFromOutside(recorded.outcome))
        return recorded ?? inner(subtask, signal, before);
      const investigation = await inner(subtask, signal, before);
      const { outcome, unanalysed, leftOut } = withLostTurns(investigation, memory.takeRest(subtask.id));
      // The sum of the same costs in another order may differ in its last digit.
      const { startedMs, endedMs, costUsd } = recorded.outcome;
      const parts = recorded.parts === undefined ? {} : { parts: recorded.parts };
      const left = leftOut === undefined ? {} : { leftOut };
      return { outcome: { ...outcome, startedMs, endedMs, costUsd }, unanalysed, ...left, ...parts };
    },
    adopt: () => undefined,
    journal: { write: () => undefined },
    ending() {
      // However the flow took it: a report that was told in part is no replay.
      if (missed !== undefined) throw missed;
      return { timeUp: end.timeUp, ...(end.stopped === undefined ? {} : { stopped: end.stopped }) };
    },
    saveReport: () => undefined,
    saveFinalReport: () => undefined,
  };
}

function endedFromOutside(outcome: Outcome): boolean {
  if (outcome.end === "out-of-budget") return outcome.limit === "money" || outcome.limit === "time";
  return outcome.end === "cancelled" || outcome.end === "failed";
}

function replayModel(asker: string, memory: RunMemory, onMiss: (error: ExternalError) => void): Model {
  let turn = 0;
  return {
    async turn(request, signal) {
      signal.throwIfAborted();
      turn += 1;
      const { hash, parts } = requestDigest(request);
      const next = (): Exchange | undefined => memory.take(asker, hash, () => true);
      let known = next();
      request.onFirstEvent?.();
      while (known?.kind === "failure" && known.isBroken) {
        const error = restoredError(known.error);
        if ((await request.onBroken?.(error)) === false) throw error;
        known = next();
      }
      if (known?.kind === "failure") throw restoredError(known.error);
      if (known?.answer !== undefined) return { ...known.answer, usage: known.usage };
      const recorded = memory.asked(asker, turn);
      const why =
        known !== undefined
          ? "its answer was too long to be kept"
          : recorded === undefined
            ? `it has ${turn - 1 === 0 ? "no request" : `only ${turn - 1} requests`} of ${asker}`
            : `what differs first is ${firstDifference(parts, recorded.parts)}`;
      // Fatal: the other subtasks would only be told in part.
      const message = `request ${turn} of ${asker} is not in the transcript: ${why}`;
      const error = new ExternalError("Claude", message, { fatal: true });
      onMiss(error);
      throw error;
    },
  };
}
