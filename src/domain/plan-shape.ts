import type { Plan } from "./plan.ts";
import { longestChain } from "./schedule.ts";

/** A plan in figures. All are counts; 0 for an empty plan. */
export type PlanShape = {
  readonly subtasks: number;
  readonly waves: number;
  /** Subtasks on the longest chain of dependencies: how many must run one after the other at least. */
  readonly criticalPath: number;
  /** Paths that at least one subtask reads. */
  readonly files: number;
  readonly skipped: number;
  readonly filesPerSubtask: { readonly fewest: number; readonly most: number; readonly mean: number };
  /** What all subtasks together may spend at most, in tokens of prompt and output. */
  readonly tokenLimit: number;
};

export function describePlan(plan: Plan): PlanShape {
  const sizes = plan.subtasks.map(({ files }) => files.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const fewest = sizes.reduce((least, size) => Math.min(least, size), Number.POSITIVE_INFINITY);
  return {
    subtasks: sizes.length,
    waves: new Set(plan.subtasks.map(({ wave }) => wave)).size,
    criticalPath: longestChain(plan.subtasks, () => 1),
    files: new Set(plan.subtasks.flatMap(({ files }) => files.map(({ path }) => path))).size,
    skipped: plan.skipped.length,
    filesPerSubtask: {
      fewest: sizes.length === 0 ? 0 : fewest,
      most: sizes.reduce((most, size) => Math.max(most, size), 0),
      mean: sizes.length === 0 ? 0 : total / sizes.length,
    },
    tokenLimit: plan.subtasks.reduce((sum, { budget }) => sum + budget.tokens, 0),
  };
}
