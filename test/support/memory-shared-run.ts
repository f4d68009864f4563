import { stopReason } from "../../src/domain/stop.ts";
import { keepRun } from "../../src/flow/checkpoint/keep-run.ts";
import { runMemory } from "../../src/flow/checkpoint/run-memory.ts";
import type { AuditParts } from "../../src/flow/run-audit.ts";
import type { OutcomeEntry, RunHeader, TranscriptEntry } from "../../src/ports/run-store.ts";
import type { SharedWork } from "../../src/ports/shared-work.ts";
import { ENTRY_HEADER } from "./transcript-entries.ts";

/** One process of a run that several carry out. */
export type Sharer = {
  readonly kept: Pick<AuditParts, "checkpointFor" | "sharedWork">;
  readonly signal: AbortSignal;
};

/** A run that several processes share, in memory: what one of them writes, the others see; whoever dies holds nothing any more. */
export function memorySharedRun(sharers: number): {
  /** The next process; the first one leads. It dies when it is about to take its subtask number `diesAt`. */
  join(diesAt?: number): Sharer;
  readonly entries: readonly TranscriptEntry[];
} {
  const entries: TranscriptEntry[] = [];
  const ended = new Map<string, { readonly entry: OutcomeEntry; readonly by: number }>();
  const held = new Map<string, number>();
  let processes = 0;
  let changed = Promise.withResolvers<void>();
  const change = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  return {
    entries,
    join(diesAt = Infinity) {
      processes += 1;
      const own = processes;
      const earlier = [...entries];
      const death = new AbortController();
      let taken = 0;
      const die = (): void => {
        death.abort(stopReason("moved", "it was killed"));
        for (const [id, holder] of held) if (holder === own) held.delete(id);
        change();
      };
      const work: SharedWork = {
        gather: async () => sharers,
        look(id) {
          const outcome = ended.get(id);
          if (outcome !== undefined && outcome.by !== own) return outcome.entry;
          return held.has(id) && held.get(id) !== own ? "held" : "free";
        },
        async take(id) {
          taken += 1;
          if (taken >= diesAt) die();
          // As a database would, it answers later.
          await new Promise((resolve) => setImmediate(resolve));
          death.signal.throwIfAborted();
          if (held.has(id) || ended.has(id)) return false;
          held.set(id, own);
          return true;
        },
        async news(signal) {
          await Promise.race([changed.promise, new Promise((resolve) => setImmediate(resolve))]);
          signal.throwIfAborted();
        },
        reserve: async () => ({ giveBack: () => undefined }),
      };
      const header: RunHeader = { ...ENTRY_HEADER, startedMs: 0 };
      return {
        signal: death.signal,
        kept: {
          sharedWork: sharers > 1 ? work : undefined,
          checkpointFor: async () =>
            keepRun({
              store: {
                append(entry) {
                  if (death.signal.aborted) return;
                  entries.push(entry);
                  if (entry.kind === "outcome" && entry.outcome.end === "done") {
                    ended.set(entry.outcome.subtaskId, { entry, by: own });
                    if (sharers === 1 && ended.size >= diesAt) die();
                  }
                  change();
                },
                saveReport: () => undefined,
              },
              header,
              clock: { now: () => 1, sleep: async () => undefined },
              prices: [],
              memory: earlier.length === 0 ? undefined : runMemory(header, earlier),
            }),
        },
      };
    },
  };
}
