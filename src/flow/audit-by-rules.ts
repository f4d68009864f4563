import { generatedReason } from "../domain/generated.ts";
import { wholeFile } from "../domain/select-audit-files.ts";
import { NO_USAGE } from "../domain/usage.ts";
import type { Clock } from "../ports/clock.ts";
import type { Detector } from "../ports/detector.ts";
import { detectInSubtask } from "./detect-in-subtask.ts";
import type { Investigate } from "./investigate.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import { readTexts } from "./read-texts.ts";

/** The rules engine as an auditor. Texts are read for one subtask at a time: the whole tree never is in memory. */
export function auditByRules(prepared: PreparedAudit, detector: Detector, clock: Clock): Investigate {
  return async (subtask, signal) => {
    const startedMs = clock.now();
    const paths = subtask.files.map(({ path }) => path);
    const headTexts = new Map(await readTexts(prepared.tree.head, paths, signal));
    const leftOut = paths.flatMap((path) => {
      const text = headTexts.get(path);
      const reason =
        text === undefined ? "Not a text file." : generatedReason(wholeFile(path), prepared.attributes.get(path), text);
      return reason === undefined ? [] : [{ path, reason }];
    });
    for (const { path } of leftOut) headTexts.delete(path);
    const files = new Map(paths.map((path) => [path, wholeFile(path)]));
    const { claims, unanalysed } = await detectInSubtask(detector, subtask, { files, headTexts }, signal);
    return {
      outcome: {
        subtaskId: subtask.id,
        claims,
        usage: NO_USAGE,
        costUsd: 0,
        turns: 0,
        startedMs,
        endedMs: clock.now(),
        end: "done",
      },
      unanalysed,
      leftOut,
    };
  };
}
