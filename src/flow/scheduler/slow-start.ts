/** Time between two slices of requests. A thousand requests are on their way within half a second. */
const SLICE_MS = 6;
const FIRST_SLICE = 2;
/** Each slice is at most this share of what has gone before it, so that a limit nobody told us of refuses few. */
const GROWTH = 0.12;
const LARGEST_SLICE = 64;

/** Lets requests go in slices that grow, instead of all in one moment. */
export interface SlowStart {
  /** Milliseconds until the next request may go; 0 for now. */
  waitMs(now: number): number;
  release(now: number): void;
  /** Begins again with small slices. */
  restart(): void;
}

export function slowStart(): SlowStart {
  let released = 0;
  let sliceMs = Number.NEGATIVE_INFINITY;
  let left = 0;
  return {
    waitMs: (now) => (left > 0 ? 0 : Math.max(0, sliceMs + SLICE_MS - now)),
    release(now) {
      if (now >= sliceMs + SLICE_MS) {
        sliceMs = now;
        left = Math.min(LARGEST_SLICE, Math.max(FIRST_SLICE, Math.ceil(released * GROWTH)));
      }
      left -= 1;
      released += 1;
    },
    restart() {
      released = 0;
      left = Math.min(left, FIRST_SLICE);
    },
  };
}
