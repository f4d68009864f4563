import { expect, it } from "vitest";

import { phaseTable } from "../../src/render/phase-table.ts";
import { aReport, aSubtaskRun } from "../support/builders.ts";

const usage = { inputTokens: 1_000, outputTokens: 200, cacheReadTokens: 3_000, cacheWriteTokens: 0 };

it("adds up what each phase used, in the order in which they run, with the sum at its end", () => {
  const run = { usage, costUsd: 0.02, turns: 2 };
  const subtasks = [
    aSubtaskRun({ ...run, id: "v1", phase: "verifier" }),
    aSubtaskRun(run),
    aSubtaskRun({ ...run, id: "s2" }),
    aSubtaskRun({ ...run, id: "s3", phase: "gap" }),
  ];

  expect(phaseTable(aReport({ subtasks })).split("\n").slice(2)).toEqual([
    "| finding | 2 | 4 | 8.0 k | 6.0 k | 400 | $0.04 |",
    "| gap passes | 1 | 2 | 4.0 k | 3.0 k | 200 | $0.02 |",
    "| verifying | 1 | 2 | 4.0 k | 3.0 k | 200 | $0.02 |",
    "| all | 4 | 8 | 16.0 k | 12.0 k | 800 | $0.08 |",
  ]);
});

it("says nothing where there was only one phase", () => {
  expect(phaseTable(aReport())).toBe("");
});
