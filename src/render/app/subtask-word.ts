import type { RunSubtask } from "../../domain/run-progress.ts";

const WORDS: Readonly<Record<RunSubtask["status"], string>> = {
  waiting: "waiting",
  running: "running",
  done: "done",
  "out-of-budget": "out of budget",
  refused: "refused by the model",
  cancelled: "cancelled",
  failed: "failed",
};

/** The subtask's state in words. */
export function subtaskWord({ status }: Pick<RunSubtask, "status">): string {
  return WORDS[status];
}
