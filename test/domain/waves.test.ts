import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { assignWaves } from "../../src/domain/waves.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g"];
const graphs = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES)), { maxLength: 16 })
  .map((edges) => NAMES.map((name) => [name, edges.filter(([from]) => from === name).map(([, to]) => to)] as const));

describe("waves of a dependency graph", () => {
  it("puts each name one wave after the last of its dependencies", () => {
    const graph = new Map([
      ["page", ["service", "type"]],
      ["service", ["type"]],
      ["type", []],
      ["other", []],
    ]);

    expect(assignWaves(graph)).toEqual([
      { members: ["other"], wave: 0, dependsOn: [] },
      { members: ["type"], wave: 0, dependsOn: [] },
      { members: ["service"], wave: 1, dependsOn: [1] },
      { members: ["page"], wave: 2, dependsOn: [1, 2] },
    ]);
  });

  it("condenses a cycle into one step and keeps what depends on it behind it", () => {
    const graph = new Map([
      ["user", ["a"]],
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["a", "leaf"]],
      ["leaf", []],
    ]);

    expect(assignWaves(graph).map(({ members, wave }) => [members.join(), wave])).toEqual([
      ["leaf", 0],
      ["a,b,c", 1],
      ["user", 2],
    ]);
  });

  it("ignores names outside the set and a name that depends on itself", () => {
    expect(assignWaves(new Map([["a", ["a", "elsewhere"]]]))).toEqual([{ members: ["a"], wave: 0, dependsOn: [] }]);
  });

  it("holds every name once, dependencies in lower steps, waves exactly one above the highest of them", () => {
    fc.assert(
      fc.property(graphs, (entries) => {
        const steps = assignWaves(new Map(entries));

        expect(steps.flatMap(({ members }) => members).toSorted()).toEqual(NAMES);
        for (const [index, step] of steps.entries()) {
          expect(step.dependsOn.every((other) => other < index)).toBe(true);
          expect(step.wave).toBe(Math.max(-1, ...step.dependsOn.map((other) => steps[other]!.wave)) + 1);
          const needed = step.members.flatMap((name) => entries.find(([from]) => from === name)![1]);
          const outside = needed.filter((name) => !step.members.includes(name));
          expect(outside.every((name) => step.dependsOn.some((other) => steps[other]!.members.includes(name)))).toBe(
            true,
          );
        }
      }),
    );
  });

  it("does not depend on the order in which names are given", () => {
    fc.assert(
      fc.property(graphs, (entries) => {
        const reversed = entries.map(([name, targets]) => [name, targets.toReversed()] as const).toReversed();

        expect(assignWaves(new Map(reversed))).toEqual(assignWaves(new Map(entries)));
      }),
    );
  });

  it("survives a chain of 50,000", () => {
    const chain = new Map(Array.from({ length: 50_000 }, (_, index) => [`n${index}`, [`n${index + 1}`]] as const));

    expect(assignWaves(chain).at(-1)?.wave).toBe(49_999);
  });
});
