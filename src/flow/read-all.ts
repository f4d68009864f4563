import type { Subtask } from "../domain/subtask.ts";
import { fanOut } from "./fan-out.ts";
import { type Investigate, type Investigation, notInvestigated } from "./investigate.ts";
import type { JoinedRun } from "./join-run.ts";
import type { PreparedAudit } from "./prepare-audit.ts";

/** What reading all subtasks of a shard came to. */
export type AllRead = {
  /** In plan order. */
  readonly investigations: readonly Investigation[];
  /** See `AuditSection`; absent where there are no batches. */
  readonly settledBatches?: readonly string[];
  readonly notes?: readonly string[];
};

/**
 * Carries out every subtask of an audit. Resolves also when it is stopped, with what there is. Waits for `onRead`, where the engine tells
 * of each subtask that ends before all have.
 */
export type ReadAll = (
  signal: AbortSignal,
  onRead: (subtask: Subtask, investigation: Investigation) => Promise<void>,
) => Promise<AllRead>;

/** All at once, as many as the run allows. */
export function readInFanOut(
  { subtasks }: Pick<PreparedAudit, "subtasks">,
  investigate: Investigate,
  run: Pick<JoinedRun, "journal" | "clock" | "concurrency" | "keep">,
): ReadAll {
  const kept = run.keep?.(investigate) ?? investigate;
  return async (signal, onRead) => ({
    investigations: await fanOut(
      subtasks,
      async (subtask, taskSignal, before) => {
        const investigation = await kept(subtask, taskSignal, before);
        await onRead(subtask, investigation);
        return investigation;
      },
      notInvestigated,
      run,
      signal,
    ),
  });
}
