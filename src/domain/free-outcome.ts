import type { ExternalError } from "./errors.ts";
import type { Outcome, Subtask } from "./subtask.ts";
import { NO_USAGE } from "./usage.ts";

/** How a subtask ended that asked no model, or was not begun. */
export type Ending =
  | { readonly end: "done" }
  | { readonly end: "out-of-budget"; readonly limit: "money" }
  | { readonly end: "cancelled"; readonly reason: string }
  | { readonly end: "failed"; readonly error: ExternalError | Error };

/** What a subtask comes to that asked no model: nothing was used, nothing was paid. `times` are the clock's. */
export function freeOutcome(
  { id }: Pick<Subtask, "id">,
  times: Pick<Outcome, "startedMs" | "endedMs">,
  claims: Outcome["claims"],
  ending: Ending,
): Outcome {
  return { subtaskId: id, claims, usage: NO_USAGE, costUsd: 0, turns: 0, ...times, ...ending };
}
