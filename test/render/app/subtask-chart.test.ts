import { describe, expect, it } from "vitest";

import type { RunSubtask } from "../../../src/domain/run-progress.ts";
import { subtaskChart } from "../../../src/render/app/subtask-chart.ts";

function aLine(over: Partial<RunSubtask> = {}): RunSubtask {
  return {
    id: "s1",
    description: "src/orders",
    phase: "finder",
    wave: 0,
    paths: [],
    status: "done",
    turns: 1,
    costUsd: 0,
    ...over,
  };
}

/** Left edge and width of each bar, in hundredths of the picture's width. */
function barsIn(subtasks: readonly RunSubtask[], nowMs: number): readonly (readonly number[])[] {
  const svg = subtaskChart(subtasks, nowMs)?.toString() ?? "";
  return [...svg.matchAll(/<rect class="bar [a-z-]+" x="([\d.]+)%" y="\d+" width="([\d.]+)%"/g)].map(([, x, width]) => [
    Number(x),
    Number(width),
  ]);
}

describe("the chart of subtasks", () => {
  it("places bars by when they began and how long they took", () => {
    const bars = barsIn(
      [
        aLine({ startedMs: 1_000, endedMs: 3_000 }),
        aLine({ id: "s2", startedMs: 2_000, endedMs: 5_000 }),
        aLine({ id: "s3", status: "running", startedMs: 3_000 }),
        aLine({ id: "s4", status: "waiting" }),
      ],
      5_000,
    );

    expect(bars).toEqual([
      [0, 50],
      [25, 75],
      [50, 50],
    ]);
  });

  it("is nothing before the first one has started", () => {
    expect(subtaskChart([aLine({ status: "waiting" })], 5_000)).toBeUndefined();
  });

  it("keeps bars within the picture, however short", () => {
    const bars = barsIn(
      [aLine({ startedMs: 0, endedMs: 1_000_000 }), aLine({ id: "s2", startedMs: 1_000_000, endedMs: 1_000_000 })],
      0,
    );

    for (const [x = 0, width = 0] of bars) {
      expect(width).toBeGreaterThan(0);
      expect(x + width).toBeLessThanOrEqual(100.01);
    }
  });

  it("draws neighbours as one bar where there are very many, and shows the failed ones", () => {
    const many = Array.from({ length: 1_000 }, (_, index) =>
      aLine({
        id: `s${index + 1}`,
        startedMs: index,
        endedMs: index + 10,
        ...(index === 500 ? { status: "failed" } : {}),
      }),
    );

    const svg = subtaskChart(many, 2_000)?.toString() ?? "";

    expect(svg.match(/<rect class="bar/g)?.length).toBeLessThanOrEqual(80);
    expect(svg).toContain("s1 to s13 (13 subtasks)");
    expect(svg.match(/class="bar failed"/g)).toHaveLength(1);
    expect(svg).toContain('aria-label="1000 subtasks over 1.0 s"');
  });
});
