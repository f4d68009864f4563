import type { RunEvent } from "../../domain/event.ts";
import type { Report } from "../../domain/report.ts";
import type { Outcome, Subtask } from "../../domain/subtask.ts";

export type SubtaskStatus = {
  readonly subtask: Subtask;
  readonly state: "waiting" | "running" | Outcome["end"];
  /** Findings it has reported so far. */
  readonly claims: number;
};

/** What the status comment tells. `subtasks` is in plan order and empty until the plan is made. */
export type RunStatus = {
  readonly head: string;
  readonly subtasks: readonly SubtaskStatus[];
  readonly notes: readonly string[];
} & (
  | { readonly phase: "running" }
  | { readonly phase: "published"; readonly report: Report; readonly reviewUrl?: string }
  | { readonly phase: "abandoned"; readonly reason: string }
);

/** The status after one more event; the same object when the event changes nothing that people see. */
export function advance(status: RunStatus, event: RunEvent): RunStatus {
  switch (event.kind) {
    case "plan-ready":
      return {
        ...status,
        subtasks: event.plan.subtasks.map((subtask) => ({ subtask, state: "waiting", claims: 0 })),
      };
    case "subtask-start":
      return change(status, event.subtask.id, (entry) => ({ ...entry, state: "running" }));
    case "claims-report":
      return change(status, event.subtaskId, (entry) => ({ ...entry, claims: entry.claims + event.count }));
    case "subtask-end":
      return change(status, event.subtask.id, (entry) => ({
        ...entry,
        state: event.outcome.end,
        claims: event.outcome.claims.length,
      }));
    case "degradation":
      return { ...status, notes: [...status.notes, event.message] };
    case "run-start":
    case "tool-call":
    case "run-end":
      break;
  }
  return status;
}

function change(status: RunStatus, id: string, update: (entry: SubtaskStatus) => SubtaskStatus): RunStatus {
  return {
    ...status,
    subtasks: status.subtasks.map((entry) => (entry.subtask.id === id ? update(entry) : entry)),
  };
}
