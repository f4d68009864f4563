const HOUR_MS = 3_600_000;

/** Looks now and then every hour, one look after the other, until it is disposed of. Looks throw nothing. */
export function everyHour(look: (signal: AbortSignal) => Promise<void>): AsyncDisposable {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const go = async (): Promise<void> => {
    await look(ending.signal);
    if (ending.signal.aborted) return;
    timer = setTimeout(() => {
      running = go();
    }, HOUR_MS);
    timer.unref();
  };
  let running = go();
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
