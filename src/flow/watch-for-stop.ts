import { stopReason } from "../domain/stop.ts";
import type { Clock } from "../ports/clock.ts";
import type { StopSource } from "../ports/stop-source.ts";

/** Pause before the first look and between two; runs shorter than this cost no request. */
const LOOK_EVERY_MS = 60_000;

/** A signal that is aborted with `signal`, or as soon as a look finds that the run is to stop. Dispose it to look no more. */
export function watchForStop(
  source: StopSource | undefined,
  clock: Clock,
  signal: AbortSignal,
): Disposable & { readonly signal: AbortSignal } {
  if (source === undefined) return { signal, [Symbol.dispose]: () => undefined };
  const stop = new AbortController();
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const watch = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(LOOK_EVERY_MS, either);
      const request = await source.look(either).catch(() => undefined);
      if (request === undefined) continue;
      stop.abort(stopReason(request.kind, request.text));
      return;
    }
  };
  // Its sleep ends by rejection when the run is over.
  watch().catch(() => undefined);
  return {
    signal: AbortSignal.any([signal, stop.signal]),
    [Symbol.dispose]: () => over.abort(),
  };
}
