import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { purseOf } from "../../src/subagent/purse.ts";

const never = new AbortController().signal;

describe("purseOf", () => {
  it("refuses what can never be had", async () => {
    const purse = purseOf(1);

    expect(await purse.reserve(1.5, never)).toBeUndefined();
    (await purse.reserve(0.8, never))?.settle(0.7);
    expect(await purse.reserve(0.5, never)).toBeUndefined();
    expect(purse.spentUsd).toBeCloseTo(0.7);
  });

  it("makes a call wait for money that others may give back", async () => {
    const purse = purseOf(1);
    const first = await purse.reserve(0.9, never);
    const second = purse.reserve(0.5, never);

    first?.settle(0.1);

    expect(await second).toBeDefined();
  });

  it("lets a waiting call go when its run is aborted, and serves the next", async () => {
    const purse = purseOf(1);
    const first = await purse.reserve(0.9, never);
    const abort = new AbortController();
    const second = purse.reserve(0.5, abort.signal);
    const third = purse.reserve(0.05, never);

    abort.abort(new Error("stopped"));
    await expect(second).rejects.toThrow("stopped");
    first?.release();

    expect(await third).toBeDefined();
  });

  it("never lets spent and reserved money exceed the cap, and answers every call", async () => {
    const calls = fc.array(
      fc.record({ usd: fc.double({ min: 0, max: 1, noNaN: true }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        maxLength: 30,
      },
    );
    await fc.assert(
      fc.asyncProperty(calls, async (list) => {
        const purse = purseOf(2);
        let held = 0;
        const answers = await Promise.all(
          list.map(async ({ usd, share }) => {
            const reservation = await purse.reserve(usd, never);
            if (reservation === undefined) return false;
            held += usd;
            expect(purse.spentUsd + held).toBeLessThanOrEqual(2 + 1e-6);
            await new Promise((resolve) => setImmediate(resolve));
            held -= usd;
            reservation.settle(usd * share);
            return true;
          }),
        );

        expect(answers).toHaveLength(list.length);
        expect(purse.spentUsd).toBeLessThanOrEqual(2 + 1e-6);
      }),
      { numRuns: 100 },
    );
  });
});
