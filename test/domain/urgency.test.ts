import { describe, expect, it } from "vitest";

import { urgencyOf } from "../../src/domain/urgency.ts";

describe("urgencyOf", () => {
  it("counts the longest chain behind each subtask", () => {
    const urgency = urgencyOf([
      { id: "a", dependsOn: [] },
      { id: "b", dependsOn: [] },
      { id: "c", dependsOn: ["a"] },
      { id: "d", dependsOn: ["a", "b"] },
      { id: "e", dependsOn: ["c"] },
    ]);

    expect([...urgency]).toEqual([
      ["a", 2],
      ["b", 1],
      ["c", 1],
      ["d", 0],
      ["e", 0],
    ]);
  });
});
