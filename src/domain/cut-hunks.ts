import type { ChangeSet } from "./change-set.ts";
import type { DiffLine, Hunk } from "./diff.ts";
import { estimateTokens, hunkTokens } from "./token-estimate.ts";

/** Hunks above this are cut: about 1,000 lines, a quarter of what one subtask holds, so that parts of a file come out even. */
const LONGEST_HUNK_TOKENS = 15_000;

/**
 * The same change with long hunks cut into several, so that a new file of 10,000 lines can be read in parts and one line of 5 MB
 * makes nothing but itself unreadable. Cuts stand before a symbol or behind a blank line where there is one, and between a removed
 * line and the added line that replaces it only when they must. All lines are kept, in order, with their numbers.
 *
 * Apply it once, before planning, and give the result to everything that uses the plan's hunk indexes.
 */
export function cutLongHunks(changeSet: ChangeSet): ChangeSet {
  return {
    ...changeSet,
    files: changeSet.files.map((file) => {
      if (!file.hunks.some(isLong)) return file;
      return { ...file, hunks: file.hunks.flatMap((hunk) => (isLong(hunk) ? cutHunk(hunk) : [hunk])) };
    }),
  };
}

function isLong(hunk: Hunk): boolean {
  return hunkTokens(hunk) > LONGEST_HUNK_TOKENS;
}

function cutHunk(hunk: Hunk): readonly Hunk[] {
  const borders = cutPositions(hunk.lines);
  const pieces: Hunk[] = [];
  let [oldLine, newLine] = [firstLine(hunk.oldStart, hunk.oldLines), firstLine(hunk.newStart, hunk.newLines)];
  let section = hunk.section;
  for (const [index, from] of borders.entries()) {
    const lines = hunk.lines.slice(from, borders[index + 1]);
    const oldLines = lines.filter((line) => line.kind !== "added").length;
    const newLines = lines.filter((line) => line.kind !== "removed").length;
    pieces.push({
      oldStart: oldLines === 0 ? oldLine - 1 : oldLine,
      oldLines,
      newStart: newLines === 0 ? newLine - 1 : newLine,
      newLines,
      section,
      lines,
    });
    oldLine += oldLines;
    newLine += newLines;
    section = lines.findLast((line) => isSymbol(line))?.text.slice(0, 80) ?? section;
  }
  return pieces;
}

/** Where an empty side is concerned, git's start is the line before the hunk (0 for a file that is not there). */
function firstLine(start: number, lines: number): number {
  return lines === 0 ? start + 1 : start;
}

/** Indexes at which pieces start; the first is 0. */
function cutPositions(lines: readonly DiffLine[]): readonly number[] {
  const positions = [0];
  let [start, tokens] = [0, 0];
  let best: { at: number; rank: number; tokens: number } | undefined;
  for (const [index, line] of lines.entries()) {
    // The same measure as hunkTokens, with the frame of a line.
    const size = estimateTokens(line.text) + 3;
    const rank = borderRank(lines[index - 1], line);
    if (tokens >= LONGEST_HUNK_TOKENS / 3 && rank >= (best?.rank ?? 1)) best = { at: index, rank, tokens };
    if (index > start && tokens + size > LONGEST_HUNK_TOKENS) {
      const isBest = best !== undefined && best.at > start && tokens - best.tokens + size <= LONGEST_HUNK_TOKENS;
      start = isBest && best !== undefined ? best.at : index;
      tokens = isBest && best !== undefined ? tokens - best.tokens : 0;
      positions.push(start);
      best = undefined;
    }
    tokens += size;
  }
  return positions;
}

/** How good a cut before `line` is: 3 before a symbol, 2 behind a blank line, 1 anywhere else, 0 inside a replacement. */
function borderRank(previous: DiffLine | undefined, line: DiffLine): number {
  if (previous?.kind === "removed" && line.kind === "added") return 0;
  if (previous?.text.trim() !== "") return 1;
  return isSymbol(line) ? 3 : 2;
}

/** What git itself takes for a heading (`xfuncname` default): a letter, `_` or `$` in the first column. */
function isSymbol(line: DiffLine): boolean {
  return /^[A-Za-z_$]/.test(line.text);
}
