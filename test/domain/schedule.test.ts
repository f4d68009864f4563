import { describe, expect, it } from "vitest";

import { scheduleOf } from "../../src/domain/schedule.ts";

const took = (subtaskId: string, startedMs: number, endedMs: number) => ({ subtaskId, startedMs, endedMs });

describe("the schedule of a run", () => {
  it("adds up independent subtasks, of which the slowest is the critical path", () => {
    const subtasks = [
      { id: "s1", dependsOn: [] },
      { id: "s2", dependsOn: [] },
    ];

    expect(scheduleOf(subtasks, [took("s1", 1_000, 1_300), took("s2", 1_000, 1_900)])).toEqual({
      wallMs: 900,
      sumMs: 1_200,
      criticalPathMs: 900,
      speedup: 1_200 / 900,
    });
  });

  it("follows the longest chain of dependencies, not the longest subtask", () => {
    const subtasks = [
      { id: "s1", dependsOn: [] },
      { id: "s2", dependsOn: [] },
      { id: "s3", dependsOn: ["s1"] },
    ];
    const outcomes = [took("s3", 400, 900), took("s1", 0, 400), took("s2", 0, 800)];

    expect(scheduleOf(subtasks, outcomes)).toMatchObject({ criticalPathMs: 900, sumMs: 1_700, wallMs: 900 });
  });

  it("is 1 to 1 when nothing ran, and never negative when the clock ran backwards", () => {
    expect(scheduleOf([], [])).toEqual({ wallMs: 0, sumMs: 0, criticalPathMs: 0, speedup: 1 });
    expect(scheduleOf([{ id: "s1", dependsOn: [] }], [took("s1", 50, 20)])).toEqual({
      wallMs: 0,
      sumMs: 0,
      criticalPathMs: 0,
      speedup: 1,
    });
  });
});
