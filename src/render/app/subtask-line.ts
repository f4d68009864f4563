import type { Phase } from "../../domain/phase.ts";
import type { Outcome } from "../../domain/subtask.ts";

/** One subtask as far as it got. Milliseconds since the epoch. */
export type SubtaskLine = {
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

const WORDS: Readonly<Record<SubtaskLine["status"], string>> = {
  waiting: "waiting",
  running: "running",
  done: "done",
  "out-of-budget": "out of budget",
  refused: "refused by the model",
  cancelled: "cancelled",
  failed: "failed",
};

/** The subtask's state in words. */
export function subtaskWord({ status }: Pick<SubtaskLine, "status">): string {
  return WORDS[status];
}
