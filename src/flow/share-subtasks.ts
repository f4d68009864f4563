import pLimit from "p-limit";

import type { Journal } from "../ports/journal.ts";
import type { SharedWork } from "../ports/shared-work.ts";
import type { Checkpoint } from "./checkpoint/checkpoint.ts";
import { restoredInvestigation } from "./checkpoint/run-memory.ts";
import type { Investigate, Investigation } from "./investigate.ts";

/**
 * Carries out what no other process has taken, at most `concurrency` at once, and waits for the rest. Every process ends with every
 * subtask's outcome, so all come to the same report; whoever waits holds no slot. The journal is told when somebody takes a subtask.
 */
export function shareSubtasks(
  work: SharedWork,
  checkpoint: Checkpoint,
  journal: Journal,
  concurrency: number,
): (inner: Investigate) => Investigate {
  const limit = pLimit(concurrency);
  return (inner) => async (subtask, signal, before) => {
    const takeAndDo = async (): Promise<Investigation | undefined> => {
      signal.throwIfAborted();
      if (work.look(subtask.id) !== "free" || !(await work.take(subtask.id))) return undefined;
      journal.write({ kind: "subtask-start", subtask });
      return inner(subtask, signal, before);
    };
    let isToldOfOthers = false;
    for (;;) {
      const state = work.look(subtask.id);
      if (typeof state === "object") {
        checkpoint.adopt(subtask.id);
        return restoredInvestigation(state);
      }
      const done = state === "free" ? await limit(takeAndDo) : undefined;
      if (done !== undefined) return done;
      if (work.look(subtask.id) !== "held") continue;
      if (!isToldOfOthers) journal.write({ kind: "subtask-start", subtask });
      isToldOfOthers = true;
      await work.news(signal);
    }
  };
}
