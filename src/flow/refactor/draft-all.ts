import { editLog, type EditLog } from "../../domain/edit-log.ts";
import type { EditSubtask } from "../../domain/edit-subtask.ts";
import { ExternalError } from "../../domain/errors.ts";
import type { Outcome } from "../../domain/subtask.ts";
import { NO_USAGE } from "../../domain/usage.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Journal } from "../../ports/journal.ts";
import { abortReason, type TaskId, type TaskRequest, taskRuntime } from "../task-runtime.ts";
import type { Draft, WriteDraft } from "./draft.ts";

type WritingRequest = TaskRequest & { readonly subtask: EditSubtask };

/** Lets every subtask be written, at most `concurrency` at once, each after those it waits for. One Draft each, in plan order. */
export async function draftAll(
  subtasks: readonly EditSubtask[],
  write: WriteDraft,
  parts: { readonly concurrency: number; readonly journal: Journal; readonly clock: Clock },
  signal: AbortSignal,
): Promise<readonly Draft[]> {
  const { journal, clock } = parts;
  const drafts = new Map<string, Draft>();
  const byId = new Map(subtasks.map((subtask) => [subtask.id, subtask]));
  const ended = (subtask: EditSubtask, ending: Ending): Draft => {
    const now = clock.now();
    const outcome: Outcome = {
      subtaskId: subtask.id,
      claims: [],
      usage: NO_USAGE,
      costUsd: 0,
      turns: 0,
      startedMs: now,
      endedMs: now,
      ...ending,
    };
    journal.write({ kind: "subtask-end", subtask, outcome });
    return { outcome, edits: [], summaries: [], declined: [] };
  };
  const runtime = taskRuntime<WritingRequest, Draft>(
    {
      async run({ subtask }, context) {
        journal.write({ kind: "subtask-start", subtask });
        const draft = await write({ subtask, earlier: earlierEdits(subtask, byId, drafts) }, context.signal);
        drafts.set(subtask.id, draft);
        journal.write({ kind: "subtask-end", subtask, outcome: draft.outcome });
        const { outcome } = draft;
        if (outcome.end === "failed" && outcome.error instanceof ExternalError && outcome.error.fatal) {
          runtime.stopAll(outcome.error.message);
        }
        return draft;
      },
      cancelled: ({ subtask }, reason) => ended(subtask, { end: "cancelled", reason }),
      failed: ({ subtask }, error) =>
        signal.aborted
          ? ended(subtask, { end: "cancelled", reason: abortReason(signal) })
          : ended(subtask, { end: "failed", error: error instanceof Error ? error : new Error(String(error)) }),
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

type Ending =
  | { readonly end: "cancelled"; readonly reason: string }
  | { readonly end: "failed"; readonly error: Error };

/** The edits of all subtasks that this one waited for, directly or not. */
function earlierEdits(
  subtask: EditSubtask,
  byId: ReadonlyMap<string, EditSubtask>,
  drafts: ReadonlyMap<string, Draft>,
): EditLog {
  const seen = new Set<string>();
  const open = [...subtask.dependsOn];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(byId.get(id)?.dependsOn ?? []));
  }
  return editLog([...seen].flatMap((id) => drafts.get(id)?.edits ?? []));
}
