import type { RunEvent } from "./event.ts";
import { type Phase, phaseOf } from "./phase.ts";
import type { Outcome, Subtask } from "./subtask.ts";

/** One subtask as far as it got. Milliseconds are the clock's (epoch). */
export type RunSubtask = {
  readonly id: string;
  readonly description: string;
  readonly phase: Phase;
  readonly wave: number;
  readonly paths: readonly string[];
  readonly status: "waiting" | "running" | Outcome["end"];
  readonly startedMs?: number;
  readonly endedMs?: number;
  readonly turns: number;
  readonly costUsd: number;
  readonly error?: string;
};

/** What an event changes in the picture of a run. Plain JSON. */
export type RunStep =
  | { readonly kind: "planned"; readonly subtasks: readonly RunSubtask[] }
  | { readonly kind: "subtask"; readonly subtask: RunSubtask }
  | { readonly kind: "published"; readonly url: string }
  | { readonly kind: "note"; readonly message: string };

/** The picture of a run: its subtasks in plan order, the sentences that people must see, and where on GitHub what it came to is. */
export type RunProgress = {
  readonly subtasks: readonly RunSubtask[];
  readonly notes: readonly string[];
  readonly published: readonly string[];
};

/** What the event changes; undefined when nothing. */
export function stepOf(event: RunEvent, atMs: number): RunStep | undefined {
  switch (event.kind) {
    case "plan-ready":
      return { kind: "planned", subtasks: event.plan.subtasks.map(waiting) };
    case "subtask-start":
      return { kind: "subtask", subtask: { ...waiting(event.subtask), status: "running", startedMs: atMs } };
    case "subtask-end":
      return { kind: "subtask", subtask: ended(event.subtask, event.outcome) };
    case "degradation":
      return { kind: "note", message: event.message };
    case "published":
      return { kind: "published", url: event.url };
    case "run-start":
    case "waiting":
    case "tool-call":
    case "claims-report":
    case "run-end":
      return undefined;
    default:
      return event satisfies never;
  }
}

/** What the steps of all tries come to. A subtask that an earlier try finished stays as it was when it is only planned again. */
export function runProgress(steps: readonly RunStep[]): RunProgress {
  const subtasks = new Map<string, RunSubtask>();
  const notes = new Set<string>();
  const published = new Set<string>();
  for (const step of steps) {
    if (step.kind === "note") notes.add(step.message);
    if (step.kind === "published") published.add(step.url);
    if (step.kind === "subtask") subtasks.set(step.subtask.id, step.subtask);
    for (const subtask of step.kind === "planned" ? step.subtasks : []) {
      const before = subtasks.get(subtask.id);
      if (before === undefined || before.status === "running") subtasks.set(subtask.id, subtask);
    }
  }
  return { subtasks: [...subtasks.values()], notes: [...notes], published: [...published] };
}

/** How many subtasks there are and how many of them have ended; undefined while there is no plan. */
export function progressCount({
  subtasks,
}: Pick<RunProgress, "subtasks">): { readonly total: number; readonly ended: number } | undefined {
  if (subtasks.length === 0) return undefined;
  const open = subtasks.filter(({ status }) => status === "waiting" || status === "running");
  return { total: subtasks.length, ended: subtasks.length - open.length };
}

function waiting(subtask: Subtask): RunSubtask {
  const { id, description, wave, files } = subtask;
  const paths = files.map(({ path }) => path);
  return { id, description, phase: phaseOf(subtask), wave, paths, status: "waiting", turns: 0, costUsd: 0 };
}

function ended(subtask: Subtask, outcome: Outcome): RunSubtask {
  const { startedMs, endedMs, turns, costUsd } = outcome;
  const error = errorOf(outcome);
  const facts = { status: outcome.end, startedMs, endedMs, turns, costUsd };
  return { ...waiting(subtask), ...facts, ...(error === undefined ? {} : { error }) };
}

function errorOf(outcome: Outcome): string | undefined {
  switch (outcome.end) {
    case "failed":
      return outcome.error.message;
    case "refused":
    case "cancelled":
      return outcome.reason;
    case "out-of-budget":
      return `out of ${outcome.limit}`;
    case "done":
      return undefined;
    default:
      return outcome satisfies never;
  }
}
