import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Hunk } from "../../src/domain/diff.ts";
import { splitFile } from "../../src/domain/split-file.ts";
import { partTokens } from "../../src/domain/token-estimate.ts";
import { addedHunk, changedFile } from "../support/change-builders.ts";

/** A hunk of about `tokens` (3 bytes each) in the function `section`. */
const hunkOf = (start: number, tokens: number, section = ""): Hunk =>
  addedHunk(start, ["x".repeat(tokens * 3)], section);

describe("splitting a file", () => {
  it("cuts where the enclosing symbol changes rather than inside of it", () => {
    const sections = ["one", "one", "two", "two", "two", "three"];
    const file = changedFile("a.ts", { hunks: sections.map((section, index) => hunkOf(index + 1, 2_000, section)) });

    const parts = splitFile(file, 8_500);

    expect(parts.map(({ hunks }) => hunks)).toEqual([[0, 1], [2, 3, 4], [5]]);
  });

  it("leaves out only the hunk that alone is too large", () => {
    const file = changedFile("a.ts", { hunks: [hunkOf(1, 100), hunkOf(2, 1_700_000), hunkOf(3, 100)] });

    expect(splitFile(file, 60_000).map(({ hunks }) => hunks)).toEqual([[0, 2]]);
  });

  it("covers every readable hunk exactly once, in order, within the limit", () => {
    const sizes = fc.array(fc.record({ tokens: fc.nat({ max: 6_000 }), section: fc.constantFrom("", "f", "g") }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1_000, max: 9_000 }), (hunks, ceiling) => {
        const file = changedFile("a.ts", {
          hunks: hunks.map(({ tokens, section }, index) => hunkOf(index * 2 + 1, tokens, section)),
        });

        const parts = splitFile(file, ceiling);

        const readable = file.hunks.flatMap((hunk, index) => (partTokens(file, hunk) <= ceiling ? [index] : []));
        expect(parts.flatMap((part) => part.hunks)).toEqual(readable);
        expect(parts.every(({ tokens }) => tokens <= ceiling)).toBe(true);
        expect(parts.every((part) => part.hunks.length > 0)).toBe(true);
      }),
    );
  });
});
