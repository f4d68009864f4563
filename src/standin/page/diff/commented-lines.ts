import { parsePatch } from "../../github/git/patch-text.ts";
import type { StandinHunkLine } from "../../github/model-diff.ts";
import type { StandinReviewComment } from "../../github/model.ts";
import type { CommentedLines } from "../markdown/suggested-change.ts";
import { languageOf } from "./highlight.ts";

/** Lines above the commented ones that an excerpt shows. */
const LEAD = 3;

/** The last lines of a comment's hunk: what it stands on, and a little above. Empty for a comment on a whole file. */
export function excerptLines(comment: StandinReviewComment): StandinHunkLine[] {
  const lines = linesOf(comment);
  const start = comment.originalStartLine ?? comment.originalLine;
  const first = lines.findIndex((line) => lineOn(line, comment.startSide ?? comment.side) === start);
  return lines.slice(Math.max(0, (first < 0 ? lines.length - 1 : first) - LEAD));
}

/** What a `suggestion` in this comment would replace; undefined where GitHub takes none: on deleted lines and on files. */
export function commentedLines(comment: StandinReviewComment): CommentedLines | undefined {
  const { originalLine: last, side, path } = comment;
  if (last === undefined || side === "LEFT") return undefined;
  const startLine = comment.startSide === "LEFT" ? last : (comment.originalStartLine ?? last);
  const lines = linesOf(comment).flatMap(({ newLine, text }) =>
    newLine !== undefined && newLine >= startLine && newLine <= last ? [text] : [],
  );
  return lines.length === last - startLine + 1 ? { startLine, lines, language: languageOf(path) } : undefined;
}

function linesOf(comment: StandinReviewComment): StandinHunkLine[] {
  return parsePatch(comment.diffHunk).flatMap(({ lines }) => lines);
}

function lineOn(line: StandinHunkLine, side: "LEFT" | "RIGHT"): number | undefined {
  return side === "LEFT" ? line.oldLine : line.newLine;
}
