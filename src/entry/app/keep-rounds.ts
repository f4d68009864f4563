import type { Rounds } from "../../ports/rounds.ts";
import { type AppLog, errorKind } from "./app-log.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A process that starts wants to know what happened before; one that starts right after another learns nothing new. */
const AT_START_MS = 10 * MINUTE_MS;

export type RoundParts = {
  readonly rounds: Rounds;
  readonly name: string;
  readonly log: AppLog;
  /** `lastMs`: when the last look began that did not fail. */
  readonly look: (lastMs: number | undefined, signal: AbortSignal) => Promise<void>;
};

/** Looks at the start and then every hour, until it is disposed of; of several processes one looks for all. */
export function keepRounds({ rounds, name, log, look }: RoundParts): AsyncDisposable {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tryRound = async (everyMs: number): Promise<void> => {
    await using round = await rounds.begin(name, everyMs);
    if (round === undefined) return;
    await look(round.lastMs, AbortSignal.any([ending.signal, round.lost]));
    await round.done();
  };
  const go = async (everyMs: number): Promise<void> => {
    await tryRound(everyMs).catch((error: unknown) => {
      if (!ending.signal.aborted) log.warn(`could not look for ${name}`, { reason: errorKind(error) });
    });
    if (ending.signal.aborted) return;
    // Asked for every minute: the process that was at it may be gone.
    timer = setTimeout(() => {
      running = go(HOUR_MS);
    }, MINUTE_MS);
    timer.unref();
  };
  let running = go(AT_START_MS);
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
