import { editLog, type EditLog } from "../../domain/edit-log.ts";
import type { EditSubtask } from "../../domain/edit-subtask.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Journal } from "../../ports/journal.ts";
import { fanOut } from "../fan-out.ts";
import type { Draft, WriteDraft } from "./draft.ts";

/** Lets every subtask be written, at most `concurrency` at once, each after those it waits for. One Draft each, in plan order. */
export async function draftAll(
  subtasks: readonly EditSubtask[],
  write: WriteDraft,
  parts: { readonly concurrency: number; readonly journal: Journal; readonly clock: Clock },
  signal: AbortSignal,
): Promise<readonly Draft[]> {
  const drafts = new Map<string, Draft>();
  const byId = new Map(subtasks.map((subtask) => [subtask.id, subtask]));
  return fanOut(
    subtasks,
    async (subtask, subtaskSignal): Promise<Draft> => {
      const draft = await write({ subtask, earlier: earlierEdits(subtask, byId, drafts) }, subtaskSignal);
      drafts.set(subtask.id, draft);
      return draft;
    },
    (outcome) => ({ outcome, edits: [], summaries: [], declined: [] }),
    parts,
    signal,
  );
}

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
