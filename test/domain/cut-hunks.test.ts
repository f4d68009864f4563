import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cutLongHunks } from "../../src/domain/cut-hunks.ts";
import type { ChangedFile, DiffLine, Hunk } from "../../src/domain/diff.ts";
import { hunkTokens } from "../../src/domain/token-estimate.ts";
import { addedHunk, changedFile, changeSetOf } from "../support/change-builders.ts";

const cut = (file: ChangedFile): readonly Hunk[] => cutLongHunks(changeSetOf([file])).files[0]?.hunks ?? [];

/** A hunk with the given kinds of lines, numbered from `start`, each as long as `length`. */
function hunkFrom(start: number, lines: readonly { kind: DiffLine["kind"]; length: number }[]): Hunk {
  let [oldLine, newLine] = [start, start];
  const numbered = lines.map(({ kind, length }): DiffLine => {
    const text = "y".repeat(length);
    if (kind === "added") return { kind, text, newLine: newLine++ };
    if (kind === "removed") return { kind, text, oldLine: oldLine++ };
    return { kind, text, oldLine: oldLine++, newLine: newLine++ };
  });
  const [oldLines, newLines] = [oldLine - start, newLine - start];
  return {
    oldStart: oldLines === 0 ? start - 1 : start,
    oldLines,
    newStart: newLines === 0 ? start - 1 : start,
    newLines,
    section: "",
    lines: numbered,
  };
}

describe("cutting long hunks", () => {
  it("cuts a large new file before its symbols and names the parts after them", () => {
    const lines = Array.from({ length: 400 }, (_, index) => [
      `function f${index}() {`,
      ...Array.from({ length: 8 }, () => "  statement of fair length;"),
      "}",
      "",
    ]).flat();
    const file = changedFile("a.ts", { status: "added", hunks: [addedHunk(1, lines)] });

    const hunks = cut(file);

    expect(hunks.length).toBeGreaterThan(2);
    expect(hunks.every((hunk) => hunk.lines[0]?.text.startsWith("function f"))).toBe(true);
    expect(hunks.slice(1).every((hunk) => /^function f\d+\(/.test(hunk.section))).toBe(true);
    expect(hunks.every((hunk) => hunk.oldStart === 0 && hunk.oldLines === 0)).toBe(true);
  });

  it("isolates a line of 5 MB, so that its neighbours stay readable", () => {
    const around = Array.from({ length: 30 }, () => "short");
    const file = changedFile("a.js", { hunks: [addedHunk(1, [...around, "x".repeat(5_000_000), ...around])] });

    const hunks = cut(file);

    expect(hunks.map((hunk) => [hunk.newStart, hunk.newLines])).toEqual([
      [1, 30],
      [31, 1],
      [32, 30],
    ]);
  });

  it("leaves short hunks alone", () => {
    const changes = changeSetOf([changedFile("a.ts")]);

    expect(cutLongHunks(changes).files[0]).toBe(changes.files[0]);
  });

  it("keeps all lines, in order, in hunks whose headers count them", () => {
    const kinds = fc.constantFrom<DiffLine["kind"]>("added", "removed", "context");
    const lines = fc.array(fc.record({ kind: kinds, length: fc.constantFrom(0, 5, 9_000, 60_000) }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 500 }), (made, start) => {
        const hunk = hunkFrom(start, made);

        const pieces = cut(changedFile("a.ts", { hunks: [hunk] }));

        expect(pieces.flatMap((piece) => piece.lines)).toEqual(hunk.lines);
        for (const piece of pieces) {
          const olds = piece.lines.flatMap((line) => (line.kind === "added" ? [] : [line.oldLine]));
          const news = piece.lines.flatMap((line) => (line.kind === "removed" ? [] : [line.newLine]));
          expect([piece.oldLines, piece.newLines]).toEqual([olds.length, news.length]);
          expect(olds[0] ?? piece.oldStart).toBe(piece.oldStart);
          expect(news[0] ?? piece.newStart).toBe(piece.newStart);
          expect(piece.lines.length === 1 || hunkTokens(piece) <= 15_500).toBe(true);
        }
      }),
    );
  });
});
