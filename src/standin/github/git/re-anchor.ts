import type { StandinFile, StandinHunkLine } from "../model-diff.ts";
import type { StandinReviewComment } from "../model.ts";
import { lineOn } from "./anchor.ts";

/**
 * Moves a comment along when the head moved: to the nearest line of the new diff with the same text on the same side, else it is outdated.
 * GitHub maps the position through the diff of the two heads; this finds the same line in all but contrived cases (repeated lines).
 */
export function reAnchor(
  comment: StandinReviewComment,
  files: readonly StandinFile[],
  previousFiles: readonly StandinFile[],
): void {
  if (comment.thread.subjectType === "file" || comment.line === undefined) return;
  const before = comment.line;
  const text = linesOf(previousFiles, comment).find((line) => lineOn(line, comment.side) === before)?.text;
  const distance = (line: StandinHunkLine): number => Math.abs((lineOn(line, comment.side) ?? 0) - before);
  const [nearest] = linesOf(files, comment)
    .filter((line) => line.text === text && lineOn(line, comment.side) !== undefined)
    .toSorted((a, b) => distance(a) - distance(b));
  const line = nearest === undefined ? undefined : lineOn(nearest, comment.side);
  comment.thread.isOutdated = line === undefined;
  comment.startLine =
    line === undefined || comment.startLine === undefined ? undefined : comment.startLine + line - before;
  comment.line = line;
  comment.position = nearest?.position;
}

function linesOf(files: readonly StandinFile[], comment: StandinReviewComment): StandinHunkLine[] {
  const file = files.find(({ path }) => path === comment.path);
  return file?.hunks.flatMap(({ lines }) => lines) ?? [];
}
