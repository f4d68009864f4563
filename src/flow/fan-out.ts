import { ExternalError } from "../domain/errors.ts";
import { type Ending, freeOutcome } from "../domain/free-outcome.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { abortReason, type TaskId, type TaskRequest, taskRuntime, type TaskState } from "./task-runtime.ts";

/** What the work on a subtask comes to, whatever its kind. */
type Concluded = { readonly outcome: Outcome };

/** `before` is what the subtasks it depends on came to, those that ended. */
type Work<S, R> = (subtask: S, signal: AbortSignal, before: readonly R[]) => Promise<R>;

/**
 * Carries out every subtask, at most `concurrency` at once, dependencies first. The answer is in plan order, whatever ended when.
 * A failure that every other call would meet as well (a refused key, an unknown model) stops the rest.
 * `empty` is the answer for a subtask that was never begun, or broke.
 */
export async function fanOut<S extends Subtask, R extends Concluded>(
  subtasks: readonly S[],
  work: Work<S, R>,
  empty: (outcome: Outcome) => R,
  parts: { readonly concurrency: number; readonly journal: Journal; readonly clock: Clock },
  signal: AbortSignal,
): Promise<readonly R[]> {
  const without = (subtask: S, ending: Ending): R => {
    const now = parts.clock.now();
    const outcome = freeOutcome(subtask, { startedMs: now, endedMs: now }, [], ending);
    parts.journal.write({ kind: "subtask-end", subtask, outcome });
    return empty(outcome);
  };
  const runtime = taskRuntime<TaskRequest & { readonly subtask: S }, R>(
    {
      async run({ subtask }, context) {
        parts.journal.write({ kind: "subtask-start", subtask });
        const result = await work(subtask, context.signal, resultsOf(context.dependencies));
        const { outcome } = result;
        parts.journal.write({ kind: "subtask-end", subtask, outcome });
        if (isFatal(outcome)) runtime.stopAll(outcome.error.message);
        return result;
      },
      cancelled: ({ subtask }, reason) => without(subtask, { end: "cancelled", reason }),
      failed: ({ subtask }, error) =>
        signal.aborted
          ? without(subtask, { end: "cancelled", reason: abortReason(signal) })
          : without(subtask, { end: "failed", error: error instanceof Error ? error : new Error(String(error)) }),
    },
    { concurrency: parts.concurrency, signal },
  );
  const taskIds = new Map<string, TaskId>();
  for (const subtask of subtasks) {
    const dependsOn = subtask.dependsOn.flatMap((id) => taskIds.get(id) ?? []);
    taskIds.set(subtask.id, runtime.spawn({ description: subtask.description, dependsOn, subtask }));
  }
  return Promise.all(
    [...taskIds.values()].map(async (taskId) => {
      const state = await runtime.output(taskId, { block: true });
      if (state.status !== "ended") throw new Error(`${taskId} has not ended although it was waited for`);
      return state.result;
    }),
  );
}

function resultsOf<R>(states: readonly TaskState<R>[]): readonly R[] {
  return states.flatMap((state) => (state.status === "ended" ? [state.result] : []));
}

/** Whether a subtask failed in a way that every other call would. */
export function isFatal(
  outcome: Outcome,
): outcome is Outcome & { readonly end: "failed"; readonly error: ExternalError } {
  return outcome.end === "failed" && outcome.error instanceof ExternalError && outcome.error.fatal;
}
