import { describe, expect, it } from "vitest";

import { ExternalError } from "../../src/domain/errors.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../src/domain/settings.ts";
import { stopReason } from "../../src/domain/stop.ts";
import { type Delivery, deliverReport } from "../../src/flow/deliver-report.ts";
import type { PreparedReview } from "../../src/flow/prepare-review.ts";
import type { ReviewPublisher } from "../../src/ports/review-publisher.ts";
import { aFinding, aReport } from "../support/builders.ts";

/** Writes down what it is told. */
function publisher(failure?: Error): ReviewPublisher & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    begin: async () => undefined,
    progress: () => undefined,
    async publish(report, _changeSet, signal) {
      signal.throwIfAborted();
      if (failure !== undefined) throw failure;
      told.push(`published ${report.findings.length}`);
      return { alreadyPublished: false, degradations: [] };
    },
    async abandon(reason) {
      told.push(reason);
    },
  };
}

async function deliver(
  to: ReviewPublisher,
  signal: AbortSignal,
  over: { settings?: Partial<Settings>; findings?: number } = {},
): Promise<Delivery> {
  const findings = Array.from({ length: over.findings ?? 2 }, () => aFinding());
  const prepared = { changeSet: {}, settings: { ...DEFAULT_SETTINGS, ...over.settings } } as PreparedReview;
  return deliverReport(aReport({ findings }), prepared, to, signal);
}

const terminated = AbortSignal.abort(new Error("received SIGTERM"));
const pushed = AbortSignal.abort(stopReason("newer-head", "the branch has moved on"));

describe("deliverReport", () => {
  it("publishes what an interrupted run had found", async () => {
    const to = publisher();

    expect(await deliver(to, terminated)).toMatchObject({ published: { alreadyPublished: false } });
    expect(to.told).toEqual(["published 2"]);
  });

  it("discards what was found in a commit that is no longer the head, and says so", async () => {
    const to = publisher();

    const { undelivered } = await deliver(to, pushed);

    expect(undelivered).toBe("cancelled: the branch has moved on; the 2 findings until then were discarded");
    expect(to.told).toEqual([undelivered]);
  });

  it("does as on-stop says", async () => {
    const [first, second] = [publisher(), publisher()];

    await deliver(first, pushed, { settings: { onStop: "publish" } });
    await deliver(second, terminated, { settings: { onStop: "discard" } });

    expect(first.told).toEqual(["published 2"]);
    expect(second.told).toEqual([expect.stringContaining("the 2 findings until then were discarded")]);
  });

  it("says and publishes nothing when another process goes on with the run, whatever on-stop says", async () => {
    const to = publisher();
    const moved = AbortSignal.abort(stopReason("moved", "this process is ending"));

    await expect(deliver(to, moved, { settings: { onStop: "publish" } })).rejects.toThrow("this process is ending");
    expect(to.told).toEqual([]);
  });

  it("publishes nothing when nothing had been found", async () => {
    const to = publisher();

    await deliver(to, terminated, { findings: 0 });

    expect(to.told).toEqual(["cancelled: received SIGTERM; nothing had been found until then"]);
  });

  it("says that what had been found could not be published", async () => {
    const to = publisher(new ExternalError("GitHub", "GitHub is down"));

    await deliver(to, terminated);

    expect(to.told).toEqual(["cancelled: received SIGTERM; what had been found could not be published"]);
  });
});
