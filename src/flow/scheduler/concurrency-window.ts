/** What the window gains by each request that was answered: lost ground is regained within some dozens of answers. */
const GAIN = 0.5;

/** How many requests may be in flight. It starts at its most: what a provider allows is learned from its answers. */
export interface ConcurrencyWindow {
  readonly size: number;
  grow(): void;
  /**
   * Halves what was in flight. Refusals of requests that were sent before the last time it shrank tell nothing new and are ignored.
   * `sent` is the number of the refused sending, `latest` that of the latest one.
   */
  shrink(inFlight: number, sent: number, latest: number): void;
}

export function concurrencyWindow(most: number): ConcurrencyWindow {
  let size = most;
  let shrunkAt = 0;
  return {
    get size() {
      return Math.floor(size);
    },
    grow() {
      size = Math.min(most, size + GAIN);
    },
    shrink(inFlight, sent, latest) {
      if (sent <= shrunkAt) return;
      size = Math.max(1, Math.min(size, inFlight) / 2);
      shrunkAt = latest;
    },
  };
}
