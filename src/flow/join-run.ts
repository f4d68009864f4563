import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { SharedWork } from "../ports/shared-work.ts";
import { type Purse, purseOf } from "../subagent/purse.ts";
import type { Checkpoint } from "./checkpoint/checkpoint.ts";
import type { ClaudeEngine } from "./claude-engine.ts";
import type { Investigate } from "./investigate.ts";
import { shareSubtasks } from "./share-subtasks.ts";
import { sharedPurse } from "./shared-purse.ts";

/** What a run is carried out with when it is kept, or not; and shared by several processes, or not. */
export type JoinedRun = {
  /** Absent when nothing is kept. */
  readonly checkpoint: Checkpoint | undefined;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Subtasks that are begun at once. Of a shared run all are: whoever waits for another process must not hold a slot. */
  readonly concurrency: number;
  /** Keeps what subtasks come to, and leaves those to other processes that they have taken; absent when nothing is kept. */
  readonly keep?: ((inner: Investigate) => Investigate) | undefined;
  /** What is left of the run's budget for this process and those it shares it with. */
  readonly purse: (budgetUsd: number) => Purse;
  /** The engine with everything that it is asked and answers kept. */
  readonly inLanes: <E extends ClaudeEngine>(engine: E) => E;
};

/** Begins or joins a run of so many subtasks, of which each process carries out so many at once. */
export async function joinRun(
  parts: {
    readonly checkpoint: Checkpoint | undefined;
    /** Other processes that do the same run; needs a checkpoint. */
    readonly sharedWork: SharedWork | undefined;
    readonly clock: Clock;
    readonly journal: Journal;
  },
  { subtasks, concurrency }: { readonly subtasks: number; readonly concurrency: number },
  signal: AbortSignal,
): Promise<JoinedRun> {
  const { checkpoint } = parts;
  if (checkpoint === undefined) {
    const { clock, journal } = parts;
    return { checkpoint, clock, journal, concurrency, purse: (usd) => purseOf(usd), inLanes: (engine) => engine };
  }
  const journal = both(parts.journal, checkpoint.journal);
  const kept = {
    checkpoint,
    clock: checkpoint.clock,
    inLanes: <E extends ClaudeEngine>(engine: E): E => ({
      ...engine,
      laneFor: (asker: string) => checkpoint.lane(asker, engine),
    }),
  };
  const work = parts.sharedWork;
  const sharers = (await work?.gather(subtasks, concurrency, signal)) ?? 1;
  if (work === undefined || sharers === 1) {
    return {
      ...kept,
      journal,
      concurrency,
      keep: (inner) => checkpoint.investigate(inner),
      purse: (usd) => purseOf(Math.max(0, usd - checkpoint.paidUsd)),
    };
  }
  const inTurn = shareSubtasks(work, checkpoint, journal, concurrency);
  return {
    ...kept,
    journal: withoutStarts(journal),
    concurrency: Infinity,
    keep: (inner) => inTurn(checkpoint.investigate(inner)),
    purse: (usd) => sharedPurse(work, usd),
  };
}

function both(first: Journal, second: Journal): Journal {
  return {
    write(event) {
      first.write(event);
      second.write(event);
    },
  };
}

/** Being begun means little where all subtasks are begun at once: `shareSubtasks` tells when one is taken. */
function withoutStarts(journal: Journal): Journal {
  return {
    write(event) {
      if (event.kind !== "subtask-start") journal.write(event);
    },
  };
}
