import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ExternalError } from "../../src/domain/errors.ts";
import { gatedModel } from "../../src/flow/scheduler/gated-model.ts";
import type { Model, Turn } from "../../src/ports/model.ts";
import { purseOf } from "../../src/subagent/purse.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { lonelyFiles, reportedFinding, reviewOnStage } from "../support/review-stage.ts";

/** What happens to one request: how it ends, and how much of what it may cost it costs. */
type Fate = {
  readonly kind: "final" | "report" | "read" | "cut" | "broken" | "refused";
  readonly share: number;
  readonly waitMs: number;
};

const fate: fc.Arbitrary<Fate> = fc.record({
  kind: fc.constantFrom("final", "final", "report", "read", "cut", "broken", "refused"),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  waitMs: fc.integer({ min: 0, max: 5_000 }),
});

/** A model that bills up to the densest text there is, and all the output it was allowed. */
function fatefulModel(fates: readonly Fate[], clock: ManualClock, billed: { requests: number }): Model {
  return {
    async turn(request, signal): Promise<Turn> {
      const { kind, share, waitMs } = fates[billed.requests % fates.length] ?? { kind: "final", share: 1, waitMs: 0 };
      billed.requests += 1;
      const bytes = Buffer.byteLength(request.system + request.prefix + JSON.stringify(request.messages));
      const usage = {
        inputTokens: 0,
        cacheReadTokens: 0,
        cacheWriteTokens: Math.floor((bytes / 2) * share),
        outputTokens: Math.floor(request.maxOutputTokens * share),
      };
      await clock.sleep(waitMs, signal);
      if (kind === "broken") throw new ExternalError("Claude", "broke", { retryable: true, fault: "broken", usage });
      const id = `call-${billed.requests}`;
      const findings = kind === "read" ? [] : [reportedFinding(taskPath(request.messages), "", { title: id })];
      const input = kind === "read" ? { file_path: "nowhere.ts" } : { findings, final: kind === "final" };
      const name = kind === "read" ? "Read" : "report_findings";
      const stop = kind === "cut" ? "length" : kind === "refused" ? "refusal" : "tools";
      return {
        text: "",
        calls: stop === "tools" ? [{ id, name, input }] : [],
        stop,
        usage,
        replay: [{ type: "text" }],
      };
    },
  };
}

function taskPath(messages: readonly { readonly role: string }[]): string {
  return /# Your task: (\S+)/.exec(JSON.stringify(messages[0]))?.[1] ?? "";
}

describe("a run's budget", () => {
  it("is never exceeded, and what there is for the money is reported, over 500 random runs", async () => {
    const run = fc.record({
      fates: fc.array(fate, { minLength: 1, maxLength: 30 }),
      capUsd: fc.double({ min: 0.01, max: 2, noNaN: true }),
      files: fc.integer({ min: 1, max: 4 }),
      concurrency: fc.integer({ min: 1, max: 4 }),
    });
    let ranDry = 0;
    await fc.assert(
      fc.asyncProperty(run, async ({ fates, capUsd, files, concurrency }) => {
        const clock = new ManualClock();
        const purse = purseOf(capUsd);
        const billed = { requests: 0 };
        const options = { clock, random: () => 0.5, concurrency };
        const stage = lonelyFiles(files);

        const reviewed = reviewOnStage({
          model: gatedModel(fatefulModel(fates, clock, billed), options),
          files: stage,
          clock,
          concurrency,
          purse,
        });
        await clock.run();
        const { report } = await reviewed;

        expect(purse.spentUsd).toBeLessThanOrEqual(capUsd + 1e-9);
        expect(report.costUsd).toBeCloseTo(purse.spentUsd, 9);
        expect(report.coverage.map(({ path }) => path)).toEqual(stage.map(({ path }) => path));
        const dry = report.subtasks.filter(({ error }) => error === "its money ran out");
        ranDry += dry.length;
        expect(dry.length > 0 && report.conclusion === "success").toBe(false);
      }),
      { numRuns: 500 },
    );

    expect(ranDry).toBeGreaterThan(50);
  });
});
