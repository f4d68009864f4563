/** Money set aside for one call. Exactly one of the two methods is called, once. */
export type Reservation = {
  /** The call was made and cost `usd`. */
  settle(usd: number): void;
  /** The call was not made, or not billed. */
  release(): void;
};

/** The money of one run, shared by all its subagents. What is spent and what is reserved together never exceed the cap. */
export interface Purse {
  readonly spentUsd: number;
  /** Sets `usd` aside; waits while others hold money that may come back; undefined when it never can be had. */
  reserve(usd: number, signal: AbortSignal): Promise<Reservation | undefined>;
}

/** A purse of `capUsd`. Waiting calls are served in the order they came. */
export function purseOf(capUsd: number): Purse {
  let spent = 0;
  let reserved = 0;
  const waiting: { readonly usd: number; readonly serve: (granted: boolean) => void }[] = [];

  const fits = (usd: number): boolean => spent + reserved + usd <= capUsd;
  const serveWaiting = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (!fits(next.usd) && reserved > 0) return;
      waiting.shift();
      const granted = fits(next.usd);
      if (granted) reserved += next.usd;
      next.serve(granted);
    }
  };
  const reservation = (usd: number): Reservation => {
    let open = true;
    const close = (costUsd: number): void => {
      if (!open) throw new Error("a reservation is settled or released once");
      open = false;
      reserved -= usd;
      spent += costUsd;
      if (reserved < 1e-9) reserved = 0;
      serveWaiting();
    };
    return { settle: close, release: () => close(0) };
  };

  return {
    get spentUsd() {
      return spent;
    },
    async reserve(usd, signal) {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      const entry = { usd, serve: resolve };
      const leave = (): void => {
        const index = waiting.indexOf(entry);
        if (index >= 0) waiting.splice(index, 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      waiting.push(entry);
      serveWaiting();
      try {
        return (await promise) ? reservation(usd) : undefined;
      } finally {
        signal.removeEventListener("abort", leave);
      }
    },
  };
}
