import { freeOutcome } from "../domain/free-outcome.ts";
import type { Clock } from "../ports/clock.ts";
import type { Detector } from "../ports/detector.ts";
import { detectInSubtask } from "./detect-in-subtask.ts";
import type { Investigate } from "./investigate.ts";
import type { PreparedReview } from "./prepare-review.ts";

/** The rules engine as a reviewer: same subtasks, no model. */
export function investigateByRules(prepared: PreparedReview, detector: Detector, clock: Clock): Investigate {
  const files = new Map(prepared.plannedChange.files.map((file) => [file.path, file]));
  return async (subtask, signal) => {
    const startedMs = clock.now();
    const { claims, unanalysed, unfit } = await detectInSubtask(
      detector,
      subtask,
      { files, headTexts: prepared.headTexts },
      signal,
    );
    const outcome = freeOutcome(subtask, { startedMs, endedMs: clock.now() }, claims, { end: "done" });
    return { outcome, unanalysed, leftOut: unfit };
  };
}
