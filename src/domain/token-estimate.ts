import type { ChangedFile, Hunk } from "./diff.ts";

/** Source code runs at 3 to 4 bytes a token; 3 errs on the side of too many, and holds for scripts of 3 bytes a character. */
const BYTES_PER_TOKEN = 3;

/** Line number, marker and line end that a listing puts around every line. */
const LINE_FRAME_BYTES = 8;

/** A file up to this size is shown to the subagent whole, with line numbers; a larger one as windows around its hunks. */
export const WHOLE_FILE_TOKENS = 12_000;

/** About 40 lines of surroundings for one hunk of a file that is not shown whole. */
const HUNK_WINDOW_TOKENS = 600;

/** An upper estimate of what the text costs in a prompt; 0 for the empty text. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** Tokens of the text as a listing with line numbers. */
export function listingTokens(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines += 1;
  return Math.ceil((Buffer.byteLength(text) + lines * LINE_FRAME_BYTES) / BYTES_PER_TOKEN);
}

/** Tokens of one hunk as it stands in a brief, without its surroundings. */
export function hunkTokens(hunk: Hunk): number {
  let bytes = hunk.section.length + 40;
  for (const line of hunk.lines) bytes += Buffer.byteLength(line.text) + LINE_FRAME_BYTES;
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** Tokens of one hunk in a part of a file: with a window around it, but for an added file, which is its own diff. */
export function partTokens(file: ChangedFile, hunk: Hunk): number {
  return hunkTokens(hunk) + (file.status === "added" ? 0 : HUNK_WINDOW_TOKENS);
}

/**
 * Tokens of a file in a brief: its diff, and the head version where that is not the diff itself (an added file), whole or as
 * windows. A file without hunks is its head version.
 */
export function fileTokens(file: ChangedFile, headText: string | undefined): number {
  let diff = 0;
  for (const hunk of file.hunks) diff += hunkTokens(hunk);
  if (file.hunks.length === 0) return headText === undefined ? 0 : listingTokens(headText);
  if (file.status === "added") return diff;
  const windows = file.hunks.length * HUNK_WINDOW_TOKENS;
  if (headText === undefined) return diff + windows;
  const listing = listingTokens(headText);
  return diff + (listing <= WHOLE_FILE_TOKENS ? listing : windows);
}
