import { ExternalError } from "../../domain/errors.ts";
import type { Outcome } from "../../domain/subtask.ts";
import { addUsage, NO_USAGE, type Usage } from "../../domain/usage.ts";
import type {
  EndEntry,
  FailureEntry,
  OutcomeEntry,
  RunHeader,
  StoredError,
  TranscriptEntry,
  TurnEntry,
} from "../../ports/run-store.ts";
import type { Investigation } from "../investigate.ts";

export type Exchange = TurnEntry | FailureEntry;

/** What is known of an earlier run, or of the earlier part of this one. Answers are given out once each, in the order they came. */
export type RunMemory = {
  readonly header: RunHeader;
  /** How it ended; undefined for a run that was killed, or was resumed and then killed. */
  readonly end: EndEntry | undefined;
  /** The time that its clock had reached. */
  readonly lastMs: number;
  /** All that was paid, for answers that are used and for others. */
  readonly paidUsd: number;
  /** How a subtask had ended when its process did; undefined when it had not. */
  investigationOf(subtaskId: string): Investigation | undefined;
  /** The next recorded ending of exactly this request by this asker, of those that `accept` takes. */
  take(asker: string, hash: string, accept: (entry: Exchange) => boolean): Exchange | undefined;
  /** The request that the asker made as its `turn`-th, for comparison. */
  asked(asker: string, turn: number): Exchange | undefined;
  /** What was paid for answers to this asker that nobody has taken. They count as given out afterwards. */
  takeRest(asker: string): { readonly usage: Usage; readonly costUsd: number };
};

/** @param entries a whole transcript, the header first */
export function runMemory(header: RunHeader, entries: readonly TranscriptEntry[]): RunMemory {
  const investigations = new Map<string, Investigation>();
  const exchanges = new Map<string, Exchange[]>();
  const taken = new Set<Exchange>();
  let end: EndEntry | undefined;
  let lastMs = header.startedMs;
  let paidUsd = 0;
  for (const entry of entries) {
    lastMs = Math.max(lastMs, timeOf(entry));
    switch (entry.kind) {
      case "turn":
      case "failure":
        paidUsd += entry.costUsd;
        exchanges.set(entry.asker, [...(exchanges.get(entry.asker) ?? []), entry]);
        break;
      case "outcome":
        investigations.set(entry.outcome.subtaskId, restoredInvestigation(entry));
        break;
      case "end":
        end = entry;
        break;
      case "resume":
        end = undefined;
        break;
      case "run":
        break;
      default:
        entry satisfies never;
    }
  }
  const of = (asker: string): readonly Exchange[] => exchanges.get(asker) ?? [];
  return {
    header,
    end,
    lastMs,
    paidUsd,
    investigationOf: (subtaskId) => investigations.get(subtaskId),
    take(asker, hash, accept) {
      const found = of(asker).find((entry) => entry.hash === hash && !taken.has(entry) && accept(entry));
      if (found !== undefined) taken.add(found);
      return found;
    },
    asked: (asker, turn) => of(asker).find((entry) => entry.turn === turn),
    takeRest(asker) {
      let [usage, costUsd] = [NO_USAGE, 0];
      for (const entry of of(asker)) {
        if (taken.has(entry)) continue;
        taken.add(entry);
        costUsd += entry.costUsd;
        usage = addUsage(usage, (entry.kind === "turn" ? entry.usage : entry.error.usage) ?? NO_USAGE);
      }
      return { usage, costUsd };
    },
  };
}

/** What a subtask had come to. */
export function restoredInvestigation({ outcome, unanalysed, leftOut, parts }: OutcomeEntry): Investigation {
  const split = parts?.map((part) => ({ subtask: part.subtask, outcome: restored(part.outcome) }));
  return {
    outcome: restored(outcome),
    unanalysed,
    ...(leftOut === undefined ? {} : { leftOut }),
    ...(split === undefined ? {} : { parts: split }),
  };
}

function timeOf(entry: TranscriptEntry): number {
  switch (entry.kind) {
    case "run":
      return entry.startedMs;
    case "resume":
      return entry.atMs;
    case "outcome":
      return entry.outcome.endedMs;
    default:
      return entry.endedMs;
  }
}

function restored(outcome: Extract<TranscriptEntry, { kind: "outcome" }>["outcome"]): Outcome {
  return outcome.end === "failed" ? { ...outcome, error: restoredError(outcome.error) } : outcome;
}

/** The error as callers met it, as far as they can tell. */
export function restoredError({ message, ...facts }: StoredError): ExternalError {
  return new ExternalError("Claude", message, facts);
}

/** What is kept of an error: what its readers go by. */
export function storedError(error: unknown): StoredError {
  if (error instanceof ExternalError) {
    const { message, retryable, fatal, fault, usage } = error;
    return {
      message,
      retryable,
      fatal,
      ...(fault === undefined ? {} : { fault }),
      ...(usage === undefined ? {} : { usage }),
    };
  }
  return { message: error instanceof Error ? error.message : String(error), retryable: false, fatal: false };
}
