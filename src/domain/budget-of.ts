import type { Settings } from "./settings.ts";

/** What may be said of a run's budget beside the settings, in US dollars. */
export type BudgetWish = {
  /** Asked for; takes the place of what the settings say. */
  readonly budgetUsd?: number | undefined;
  /** Set by whoever runs us: nothing that is asked for or set goes above it. */
  readonly mostUsd?: number | undefined;
};

/** US dollars that the whole run, with all its parts and shards, may cost. */
export function budgetOf({ budgetUsd, mostUsd }: BudgetWish, settings: Pick<Settings, "budgetUsd">): number {
  return Math.min(budgetUsd ?? settings.budgetUsd, mostUsd ?? Number.POSITIVE_INFINITY);
}
