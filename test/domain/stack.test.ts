import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ChangedByRefactor } from "../../src/domain/refactor-result.ts";
import { stackParts } from "../../src/domain/stack.ts";

function changed(path: string, subtaskId: string, additions = 1): ChangedByRefactor {
  const told = { what: "", why: "", behaviour: "same", risk: "" } as const;
  return { ...told, path, kind: "modify", subtaskId, additions, deletions: 0, isProtected: false, warnings: [] };
}

const paths = (parts: readonly (readonly ChangedByRefactor[])[]) => parts.map((part) => part.map(({ path }) => path));

describe("stackParts", () => {
  const subtasks = ["s1", "s2", "s3"].map((id) => ({ id }));

  it("is one part where all fits", () => {
    const files = [changed("b", "s2"), changed("a", "s1")];

    expect(paths(stackParts(files, subtasks, { files: 2, lines: 2 }))).toEqual([["a", "b"]]);
  });

  it("starts a new part at either limit, in plan order, and keeps one writer's files together", () => {
    const files = [changed("c", "s3"), changed("a1", "s1"), changed("a2", "s1"), changed("b", "s2")];

    expect(paths(stackParts(files, subtasks, { files: 1, lines: 99 }))).toEqual([["a1", "a2"], ["b"], ["c"]]);
    expect(paths(stackParts(files, subtasks, { files: 99, lines: 3 }))).toEqual([["a1", "a2", "b"], ["c"]]);
  });

  it("has every file exactly once, whatever the sizes", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 99 }), (all, most, lines) => {
        const files = all.map((size, index) => changed(`f${index}`, `s${index}`, size));
        const writers = files.map(({ subtaskId }) => ({ id: subtaskId }));

        const parts = stackParts(files, writers, { files: most, lines });

        expect(parts.flat()).toEqual(files);
        expect(parts.every((part) => part.length > 0 && part.length <= most)).toBe(true);
      }),
    );
  });
});
