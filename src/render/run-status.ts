import type { RunEvent } from "../domain/event.ts";
import type { Plan } from "../domain/plan.ts";
import type { Report } from "../domain/report.ts";
import type { Outcome } from "../domain/subtask.ts";

/** How far one subtask is. `claims` is what it has reported so far. */
export type SubtaskProgress = { readonly state: "queued" | "running" | Outcome["end"]; readonly claims: number };

/** What is known about a run while it goes on; what people see of it is made from this alone. */
export type RunStatus = {
  readonly plan?: Plan;
  /** By subtask id; absent means queued. */
  readonly progress: ReadonlyMap<string, SubtaskProgress>;
  readonly degradations: readonly string[];
  /** Present at the end. */
  readonly report?: Report;
};

export const NO_STATUS: RunStatus = { progress: new Map(), degradations: [] };

const QUEUED: SubtaskProgress = { state: "queued", claims: 0 };

/** The status after one more event; the old one is left as it is. */
export function statusAfter(status: RunStatus, event: RunEvent): RunStatus {
  const at = (id: string, change: (now: SubtaskProgress) => SubtaskProgress): RunStatus => ({
    ...status,
    progress: new Map(status.progress).set(id, change(status.progress.get(id) ?? QUEUED)),
  });
  switch (event.kind) {
    case "plan-ready":
      return { ...status, plan: event.plan };
    case "subtask-start":
      return at(event.subtask.id, (now) => ({ ...now, state: "running" }));
    case "claims-report":
      return at(event.subtaskId, (now) => ({ ...now, claims: now.claims + event.count }));
    case "subtask-end":
      return at(event.subtask.id, () => ({ state: event.outcome.end, claims: event.outcome.claims.length }));
    case "degradation":
      return { ...status, degradations: [...status.degradations, event.message] };
    case "run-end":
      return { ...status, report: event.report };
    case "run-start":
    case "tool-call":
    case "published":
    case "waiting":
      break;
  }
  return status;
}
