import type { Report } from "../../domain/report.ts";
import type { Severity } from "../../domain/severity.ts";

/** The states of a run in the words of the archive. */
export const RUN_STATES = [
  "queued",
  "running",
  "waiting",
  "done",
  "refused",
  "stopped",
  "superseded",
  "failed",
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What the pages tell of a run in one line. Milliseconds since the epoch. */
export type RunLine = {
  readonly id: string;
  readonly kind: string;
  readonly repository: string;
  readonly pullRequest?: number;
  readonly head?: string;
  readonly title: string;
  readonly askedBy?: string;
  readonly status: RunState;
  readonly reason?: string;
  readonly attempts: number;
  readonly receivedMs: number;
  readonly startedMs?: number;
  readonly endedMs?: number;
  readonly subtasks?: { readonly total: number; readonly ended: number };
  readonly findings?: Readonly<Record<Severity, number>>;
  readonly conclusion?: Report["conclusion"];
  readonly costUsd: number;
};

/** Whether the run may still change by itself. */
export function isUnderWay({ status }: Pick<RunLine, "status">): boolean {
  return status === "queued" || status === "running" || status === "waiting";
}
