import { lineOn } from "./diff-anchor.ts";
import type { ChangedFile, DiffSide, Hunk } from "./diff.ts";
import type { Scope } from "./finding.ts";

type Range = { readonly startLine: number; readonly endLine: number; readonly side: DiffSide };

/**
 * `introduced` when the range touches a line that the change added (RIGHT) or removed (LEFT), or, on RIGHT, stands directly
 * before or after lines that the change only removed: taking a check away is a change too. A file whose text is new, or whose
 * hunks are not known, counts as introduced throughout, because hiding a defect of the change is the worse mistake.
 * A file that the change does not touch (`undefined`) is `pre-existing`.
 */
export function scopeOf(range: Range, file: ChangedFile | undefined): Scope {
  if (file === undefined) return "pre-existing";
  if (file.hunks.length === 0) {
    return file.status === "added" || file.hunksOmitted !== undefined ? "introduced" : "pre-existing";
  }
  return file.hunks.some((hunk) => touchesChange(range, hunk)) ? "introduced" : "pre-existing";
}

function touchesChange(range: Range, hunk: Hunk): boolean {
  const changed = range.side === "RIGHT" ? "added" : "removed";
  return hunk.lines.some((line, index) => {
    if (line.kind === changed) return isInside(lineOn(line, range.side), range);
    return range.side === "RIGHT" && line.kind === "context" && isInside(line.newLine, range)
      ? bordersPureRemoval(hunk, index)
      : false;
  });
}

function isInside(line: number | undefined, range: Range): boolean {
  return line !== undefined && line >= range.startLine && line <= range.endLine;
}

/** Whether lines without a replacement were removed right before or right after the context line at `index`. */
function bordersPureRemoval(hunk: Hunk, index: number): boolean {
  return [-1, 1].some((step) => {
    let at = index + step;
    while (hunk.lines[at]?.kind === "removed") at += step;
    return at !== index + step && hunk.lines[at]?.kind !== "added";
  });
}
