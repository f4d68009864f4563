/** Time between the first requests: most refusals are heard within it, so that a limit nobody told us of refuses few. */
const FIRST_GAP_MS = 16;
/** What has gone grows by a factor of e in this time. Fifty requests are on their way within 300 ms, a thousand in half a second. */
const GROWTH_MS = 80;
/** Distances shorter than this are kept on the whole only, since timers are not that exact. */
const TIMER_MS = 6;

/** Lets requests go at distances that shrink, instead of all in one moment. */
export interface SlowStart {
  /** Milliseconds until the next request may go; 0 for now. */
  waitMs(now: number): number;
  release(now: number): void;
  /** Begins again with long distances. */
  restart(): void;
}

export function slowStart(): SlowStart {
  let released = 0;
  let nextMs = Number.NEGATIVE_INFINITY;
  return {
    waitMs: (now) => Math.max(0, nextMs - now),
    release(now) {
      released += 1;
      const gapMs = Math.min(FIRST_GAP_MS, GROWTH_MS / released);
      nextMs = Math.max(nextMs, gapMs < TIMER_MS ? now - TIMER_MS : now) + gapMs;
    },
    restart() {
      released = 0;
    },
  };
}
