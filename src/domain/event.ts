import type { Plan } from "./plan.ts";
import type { Report } from "./report.ts";
import type { Outcome, Subtask } from "./subtask.ts";

/** Everything that can happen in a run, in the order it happens. The journal, the status comment and the terminal read these. */
export type RunEvent =
  | { readonly kind: "run-start"; readonly description: string }
  /** Again, with more subtasks, when the findings are about to be verified. */
  | { readonly kind: "plan-ready"; readonly plan: Plan }
  | { readonly kind: "subtask-start"; readonly subtask: Subtask }
  /** A subagent asked for a tool. */
  | { readonly kind: "tool-call"; readonly subtaskId: string; readonly tool: string }
  | { readonly kind: "claims-report"; readonly subtaskId: string; readonly count: number }
  | { readonly kind: "subtask-end"; readonly subtask: Subtask; readonly outcome: Outcome }
  | { readonly kind: "run-end"; readonly report: Report }
  /** What it came to is there for people to read, at an address of GitHub. */
  | { readonly kind: "published"; readonly url: string }
  /** Nothing is wrong, but nothing happens for a while either. */
  | { readonly kind: "waiting"; readonly message: string }
  /** Something is missing or was done in a lesser way; people must see it. */
  | { readonly kind: "degradation"; readonly message: string };
