import type { ChangedFile, DiffSide } from "./diff.ts";

/** 1-based and inclusive. */
export type LineRange = { readonly startLine: number; readonly endLine: number };

/**
 * The lines of one side that a GitHub review comment may stand on: one range per hunk that has lines on that side, ascending.
 * RIGHT is added and context lines, LEFT removed and context lines. Empty for files without hunks.
 */
export function commentableLines(file: ChangedFile, side: DiffSide): LineRange[] {
  return file.hunks.flatMap((hunk) => {
    const [start, count] = side === "RIGHT" ? [hunk.newStart, hunk.newLines] : [hunk.oldStart, hunk.oldLines];
    return count === 0 ? [] : [{ startLine: start, endLine: start + count - 1 }];
  });
}

/** Whether GitHub takes a comment on these lines: start and end in order and within one hunk ("must be part of the same hunk"). */
export function isCommentable(file: ChangedFile, side: DiffSide, { startLine, endLine }: LineRange): boolean {
  return (
    startLine <= endLine &&
    commentableLines(file, side).some((range) => range.startLine <= startLine && endLine <= range.endLine)
  );
}
