import type { Subtask } from "./subtask.ts";

/**
 * For each subtask the length of the longest chain of subtasks that wait for it: 0 when none does. The end of a run can come no sooner
 * than the end of its longest chain, so what begins one should not wait. Subtasks come in plan order.
 */
export function urgencyOf(subtasks: readonly Pick<Subtask, "id" | "dependsOn">[]): ReadonlyMap<string, number> {
  const urgency = new Map(subtasks.map(({ id }) => [id, 0]));
  for (const { id, dependsOn } of subtasks.toReversed()) {
    for (const before of dependsOn) {
      urgency.set(before, Math.max(urgency.get(before) ?? 0, (urgency.get(id) ?? 0) + 1));
    }
  }
  return urgency;
}
