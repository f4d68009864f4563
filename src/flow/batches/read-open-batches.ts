import type { Investigation } from "../investigate.ts";
import type { PreparedAudit } from "../prepare-audit.ts";
import type { ReadAll } from "../read-all.ts";
import { type BatchParts, without } from "./batch-engine.ts";
import { answeredLater, concludeRequest, resumedBatch } from "./conclude-request.ts";
import type { SingleShot } from "./single-shot.ts";

/**
 * Reads what earlier runs have handed in and paid for, in a run that hands nothing in itself: `rest` reads the subtasks that are in no
 * batch. A batch that is still being answered is not waited for; it and its files are left to the next run.
 */
export function readOpenBatches(
  prepared: PreparedAudit,
  engine: SingleShot,
  parts: Pick<BatchParts, "detector" | "journal" | "clock">,
  rest: ReadAll,
): ReadAll {
  return async (signal, onRead) => {
    const { clock, journal } = parts;
    const { open, lost, notes } = prepared.openBatches;
    const settled = [...lost];
    const ended = new Map<string, Investigation>();
    // What is paid for is read to the end also when the run is being stopped.
    const never = new AbortController().signal;
    for (const batch of open.map((each) => resumedBatch(each, prepared, clock))) {
      const { answers, entry } = batch;
      if (answers !== undefined) settled.push(entry.key);
      for (const [key, subtask] of batch.subtasks) {
        const later = answeredLater(entry.id);
        const investigation =
          answers === undefined
            ? { ...without(subtask, { end: "cancelled", reason: later }, clock), later }
            : // oxlint-disable-next-line no-await-in-loop -- the texts of one subtask at a time are in memory
              await concludeRequest(prepared, subtask, answers.get(key), batch, { engine, parts }, never);
        ended.set(subtask.id, investigation);
        journal.write({ kind: "subtask-end", subtask, outcome: investigation.outcome });
        // oxlint-disable-next-line no-await-in-loop -- as above
        await onRead(subtask, investigation);
      }
    }
    const others = await rest(signal, onRead);
    let next = 0;
    return {
      investigations: prepared.subtasks.flatMap(({ id }) => {
        const investigation = prepared.resumed.has(id) ? ended.get(id) : others.investigations[next++];
        return investigation ?? [];
      }),
      settledBatches: settled,
      notes: [...notes, ...(others.notes ?? [])],
    };
  };
}
