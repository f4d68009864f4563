import type { ChangedFile, DiffLine, DiffSide, Hunk } from "./diff.ts";

/** The line's number on the given side; undefined when the line does not exist there. */
export function lineOn(line: DiffLine, side: DiffSide): number | undefined {
  if (side === "RIGHT") return line.kind === "removed" ? undefined : line.newLine;
  return line.kind === "added" ? undefined : line.oldLine;
}

/**
 * The one hunk that holds every line from `startLine` to `endLine` (1-based, inclusive) on that side, so that GitHub takes a
 * comment there: RIGHT counts added and context lines, LEFT removed and context lines. Undefined when there is none.
 */
export function hunkAround(file: ChangedFile, side: DiffSide, startLine: number, endLine: number): Hunk | undefined {
  if (startLine > endLine) return undefined;
  return file.hunks.find((hunk) => {
    const [first, count] = side === "RIGHT" ? [hunk.newStart, hunk.newLines] : [hunk.oldStart, hunk.oldLines];
    return first <= startLine && endLine < first + count;
  });
}

/** Text of the lines from `startLine` to `endLine` on that side of the hunk, in order. */
export function textOn(hunk: Hunk, side: DiffSide, startLine: number, endLine: number): readonly string[] {
  return hunk.lines.flatMap((line) => {
    const number = lineOn(line, side);
    return number !== undefined && number >= startLine && number <= endLine ? [line.text] : [];
  });
}
