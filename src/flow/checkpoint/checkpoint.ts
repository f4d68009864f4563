import { createHash } from "node:crypto";

import type { Plan } from "../../domain/plan.ts";
import type { Report } from "../../domain/report.ts";
import { addUsage } from "../../domain/usage.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Journal } from "../../ports/journal.ts";
import type { Model } from "../../ports/model.ts";
import type { RunEnding } from "../../ports/run-store.ts";
import type { Purse } from "../../subagent/purse.ts";
import type { Investigate, Investigation } from "../investigate.ts";
import type { RunMemory } from "./run-memory.ts";

/** Whom one subagent asks, and what it pays from. */
export type Lane = { readonly model: Model; readonly purse: Purse };

/** How a run is kept so that it can go on after a kill, or is told again from what was kept. */
export type Checkpoint = {
  /** When the run started, its earlier parts included. */
  readonly startMs: number;
  /** The run's own time: pauses between its parts do not count. */
  readonly clock: Clock;
  /** Paid by earlier parts of the run. */
  readonly paidUsd: number;
  /** A lane for one asker: a subtask's id, or another name that is unique in the run. Its requests come one after the other. */
  lane(asker: string, lane: Lane): Lane;
  /** Carries out what is missing; what had ended before is taken as it was. */
  investigate(inner: Investigate): Investigate;
  /** Another process keeps what became of this subtask. */
  adopt(subtaskId: string): void;
  /** Takes note of subtasks that end without having been investigated. */
  readonly journal: Journal;
  /** How the run ended, given how it ended now. */
  ending(now: RunEnding): RunEnding;
  /** Leaves the report so far; called as often as one likes. */
  saveReport(report: () => Report): void;
  saveFinalReport(report: Report): void;
};

/** The same for equal plans: what is read by whom, and what is not. */
export function planHash(plan: Plan): string {
  return createHash("sha256")
    .update(JSON.stringify([plan.subtasks, plan.skipped]))
    .digest("hex");
}

/** With what was paid for answers that were not needed again: money spent is money reported. */
export function withLostTurns(investigation: Investigation, lost: ReturnType<RunMemory["takeRest"]>): Investigation {
  if (lost.costUsd === 0) return investigation;
  const { outcome } = investigation;
  const usage = addUsage(outcome.usage, lost.usage);
  return { ...investigation, outcome: { ...outcome, usage, costUsd: outcome.costUsd + lost.costUsd } };
}
