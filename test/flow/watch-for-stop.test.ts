import { describe, expect, it } from "vitest";

import { stopKindOf } from "../../src/domain/stop.ts";
import { watchForStop } from "../../src/flow/watch-for-stop.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { StopRequest, StopSource } from "../../src/ports/stop-source.ts";

/** A clock that sleeps for no time, and remembers for how long it was asked to. */
function hastyClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => 0,
    async sleep(ms, signal) {
      slept.push(ms);
      await Promise.resolve();
      signal.throwIfAborted();
    },
  };
}

function sourceOf(...looks: (StopRequest | Error | undefined)[]): StopSource & { readonly done: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    done: promise,
    async look(signal) {
      if (looks.length === 0) {
        resolve();
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      }
      const next = looks.shift();
      if (next instanceof Error) throw next;
      return next;
    },
  };
}

const never = new AbortController().signal;

describe("watchForStop", () => {
  it("looks once a minute, gets over a look that fails, and stops the run with the reason", async () => {
    const clock = hastyClock();
    const asked = { kind: "newer-head", text: "the branch has moved on" } as const;

    using watch = watchForStop(sourceOf(undefined, new Error("502"), asked), clock, never);
    await new Promise((resolve) => watch.signal.addEventListener("abort", resolve));

    expect(stopKindOf(watch.signal)).toBe("newer-head");
    expect(watch.signal.reason).toMatchObject({ message: "the branch has moved on" });
    expect(clock.slept).toEqual([60_000, 60_000, 60_000]);
  });

  it("looks no more once it is disposed, and has not stopped anything", async () => {
    const source = sourceOf();
    const watch = watchForStop(source, hastyClock(), never);
    await source.done;

    watch[Symbol.dispose]();

    expect(watch.signal.aborted).toBe(false);
  });

  it("is aborted with the signal it was given", () => {
    const abort = new AbortController();
    using watch = watchForStop(sourceOf(), hastyClock(), abort.signal);

    abort.abort(new Error("received SIGINT"));

    expect(watch.signal.reason).toMatchObject({ message: "received SIGINT" });
  });
});
