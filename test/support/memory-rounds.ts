import type { Rounds } from "../../src/ports/rounds.ts";

/** Rounds of whoever shares this object. */
export function memoryRounds(now: () => number = Date.now): Rounds {
  const rounds = new Map<string, { isHeld: boolean; triedMs: number; lastMs?: number }>();
  return {
    async begin(name, everyMs) {
      const round = rounds.get(name) ?? { isHeld: false, triedMs: -Infinity };
      rounds.set(name, round);
      const beganMs = now();
      if (round.isHeld || round.triedMs > beganMs - everyMs) return undefined;
      round.isHeld = true;
      return {
        ...(round.lastMs === undefined ? {} : { lastMs: round.lastMs }),
        lost: new AbortController().signal,
        async done() {
          round.lastMs = beganMs;
        },
        async [Symbol.asyncDispose]() {
          round.isHeld = false;
          round.triedMs = beganMs;
        },
      };
    },
  };
}
