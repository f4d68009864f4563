import type { JobKind } from "./app-job.ts";
import type { Report } from "./report.ts";
import type { Severity } from "./severity.ts";

/**
 * `waiting`: a try failed and the next one has not begun. `superseded`: a newer head took its place before it began. `failed`: a dead
 * letter.
 */
export const RUN_STATUSES = [
  "queued",
  "running",
  "waiting",
  "done",
  "refused",
  "stopped",
  "superseded",
  "failed",
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** What is told of a run of the App in one line. Milliseconds are the clock's (epoch). */
export type RunSummary = {
  readonly id: string;
  readonly key: string;
  readonly kind: JobKind;
  readonly installation: number;
  readonly repository: string;
  readonly repositoryId: number;
  readonly pullRequest?: number;
  /** The head that was reviewed or, before that is known, the one the event named. */
  readonly head?: string;
  /** What was asked for, in a word or two: `review`, `plan`, `ask`, `push`, `audit security`. */
  readonly title: string;
  /** Who asked; absent where nobody did. */
  readonly askedBy?: string;
  readonly status: RunStatus;
  /** Why it ended as it did, or failed last; a sentence for people. */
  readonly reason?: string;
  readonly attempts: number;
  readonly receivedMs: number;
  readonly startedMs?: number;
  readonly endedMs?: number;
  /** Absent until the plan is known. */
  readonly subtasks?: { readonly total: number; readonly ended: number };
  /** Absent until there is a report. */
  readonly findings?: Readonly<Record<Severity, number>>;
  readonly conclusion?: Report["conclusion"];
  /** Spent so far. */
  readonly costUsd: number;
};

/** Whether the run may still change by itself. */
export function isUnderWay({ status }: Pick<RunSummary, "status">): boolean {
  return status === "queued" || status === "running" || status === "waiting";
}
