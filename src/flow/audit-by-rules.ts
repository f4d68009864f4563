import { freeOutcome } from "../domain/free-outcome.ts";
import type { Clock } from "../ports/clock.ts";
import type { Detector } from "../ports/detector.ts";
import type { Investigate } from "./investigate.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import { readForAudit } from "./read-for-audit.ts";

/** The rules engine as an auditor. */
export function auditByRules(prepared: PreparedAudit, detector: Detector, clock: Clock): Investigate {
  return async (subtask, signal) => {
    const startedMs = clock.now();
    const { claims, unanalysed, leftOut, unfit } = await readForAudit(prepared, subtask, detector, signal);
    return {
      outcome: freeOutcome(subtask, { startedMs, endedMs: clock.now() }, claims, { end: "done" }),
      unanalysed,
      leftOut: [...leftOut, ...unfit],
    };
  };
}
