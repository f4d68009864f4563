import type { Outcome, Subtask } from "./subtask.ts";

/** How the subtasks' times add up. Milliseconds. */
export type Schedule = {
  /** From the first start to the last end; 0 when nothing ran. */
  readonly wallMs: number;
  /** Sum of the subtasks' own times: one after the other. */
  readonly sumMs: number;
  /** The longest chain along `dependsOn`: what unlimited parallelism would take. */
  readonly criticalPathMs: number;
  /** sumMs / wallMs; 1 when nothing ran or no time passed. */
  readonly speedup: number;
};

/**
 * The schedule of a run. `subtasks` stand in plan order (dependencies first); subtasks without an outcome took no time. A clock that ran
 * backwards counts as no time.
 */
export function scheduleOf(
  subtasks: readonly Pick<Subtask, "id" | "dependsOn">[],
  outcomes: readonly Pick<Outcome, "subtaskId" | "startedMs" | "endedMs">[],
): Schedule {
  const took = new Map(
    outcomes.map(({ subtaskId, startedMs, endedMs }) => [subtaskId, Math.max(0, endedMs - startedMs)]),
  );
  const criticalPathMs = longestChain(subtasks, (id) => took.get(id) ?? 0);
  let [sumMs, first, last] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { startedMs, endedMs } of outcomes) {
    sumMs += Math.max(0, endedMs - startedMs);
    first = Math.min(first, startedMs);
    last = Math.max(last, endedMs);
  }
  const wallMs = outcomes.length === 0 ? 0 : Math.max(0, last - first);
  return { wallMs, sumMs, criticalPathMs, speedup: wallMs === 0 ? 1 : sumMs / wallMs };
}

/** The weight of the heaviest chain along `dependsOn`; `subtasks` with dependencies first. 0 for none. */
export function longestChain(
  subtasks: readonly Pick<Subtask, "id" | "dependsOn">[],
  weightOf: (id: string) => number,
): number {
  const heaviest = new Map<string, number>();
  let longest = 0;
  for (const { id, dependsOn } of subtasks) {
    let before = 0;
    for (const other of dependsOn) before = Math.max(before, heaviest.get(other) ?? 0);
    heaviest.set(id, before + weightOf(id));
    longest = Math.max(longest, before + weightOf(id));
  }
  return longest;
}
