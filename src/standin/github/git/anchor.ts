import type { StandinFile, StandinHunk, StandinHunkLine } from "../model-diff.ts";
import type { DiffSide } from "../model.ts";
import { patchRow } from "./patch-text.ts";

/** Where a line comment stands, resolved against the diff. */
export interface Anchor {
  readonly path: string;
  readonly side: DiffSide;
  readonly line: number;
  readonly startLine: number | undefined;
  readonly startSide: DiffSide | undefined;
  readonly position: number;
  readonly diffHunk: string;
}

export interface AnchorRequest {
  readonly path: string;
  readonly side: DiffSide;
  readonly line: number | undefined;
  readonly startLine: number | undefined;
  readonly startSide: DiffSide | undefined;
  /** The old way to name a line; taken when `line` is not given. */
  readonly position: number | undefined;
}

/**
 * A field GitHub refuses, with its two wordings: `said` as in the create-review answer ("... is invalid"), and field, code and message
 * as in the answer of the single-comment endpoint. Wordings from answers quoted in public issue threads.
 */
export interface AnchorProblem {
  readonly field: string;
  readonly code: "custom" | "invalid" | "missing_field";
  readonly said: string;
  readonly message?: string;
}

const LINE: AnchorProblem = {
  field: "pull_request_review_thread.line",
  code: "custom",
  said: "Pull request review thread line must be part of the diff",
  message: "pull_request_review_thread.line must be part of the diff",
};
const SAME_HUNK: AnchorProblem = {
  field: "pull_request_review_thread.start_line",
  code: "custom",
  said: "Pull request review thread start line must be part of the same hunk as the line.",
  message: "pull_request_review_thread.start_line must be part of the same hunk as the line.",
};
const PRECEDES: AnchorProblem = {
  field: "pull_request_review_thread.start_line",
  code: "custom",
  said: "Pull request review thread start line must precede the end line.",
  message: "pull_request_review_thread.start_line must precede the end line.",
};
const HUNK: AnchorProblem = {
  field: "pull_request_review_thread.diff_hunk",
  code: "missing_field",
  said: "Pull request review thread diff hunk can't be blank",
};
export const PATH_UNKNOWN: AnchorProblem = {
  field: "pull_request_review_thread.path",
  code: "invalid",
  said: "Path could not be resolved",
};
const POSITION: AnchorProblem = {
  field: "pull_request_review_thread.position",
  code: "invalid",
  said: "Position could not be resolved",
};

/** Resolves a line comment, or names every field GitHub would refuse. */
export function resolveAnchor(file: StandinFile | undefined, request: AnchorRequest): Anchor | AnchorProblem[] {
  if (file === undefined) return [PATH_UNKNOWN];
  if (request.line === undefined) return resolvePosition(file, request);

  const hit = findLine(file, request.side, request.line);
  const problems: AnchorProblem[] = [];
  if (hit === undefined) problems.push(LINE);
  const startSide = request.startSide ?? request.side;
  if (request.startLine !== undefined) {
    const start = findLine(file, startSide, request.startLine);
    if (request.startLine >= request.line && startSide === request.side) problems.push(PRECEDES);
    else if (start === undefined || start.hunk !== hit?.hunk) problems.push(SAME_HUNK);
    else if (start.line.position >= hit.line.position) problems.push(PRECEDES);
  }
  if (hit === undefined) return [...problems, HUNK];
  if (problems.length > 0) return problems;
  return {
    path: request.path,
    side: request.side,
    line: request.line,
    startLine: request.startLine,
    startSide: request.startLine === undefined ? undefined : startSide,
    position: hit.line.position,
    diffHunk: hunkUpTo(hit.hunk, hit.line),
  };
}

function resolvePosition(file: StandinFile, request: AnchorRequest): Anchor | AnchorProblem[] {
  for (const hunk of file.hunks) {
    for (const line of hunk.lines) {
      if (line.position !== request.position || line.kind === "note") continue;
      const side = line.kind === "deleted" ? "LEFT" : "RIGHT";
      const number = side === "LEFT" ? line.oldLine : line.newLine;
      if (number === undefined) continue;
      const diffHunk = hunkUpTo(hunk, line);
      return {
        path: request.path,
        side,
        line: number,
        startLine: undefined,
        startSide: undefined,
        position: line.position,
        diffHunk,
      };
    }
  }
  return [POSITION];
}

/** The hunk line a comment may stand on: RIGHT is added and context, LEFT is deleted and context. */
function findLine(
  file: StandinFile,
  side: DiffSide,
  number: number,
): { hunk: StandinHunk; line: StandinHunkLine } | undefined {
  for (const hunk of file.hunks) {
    const line = hunk.lines.find((candidate) => lineOn(candidate, side) === number);
    if (line !== undefined) return { hunk, line };
  }
  return undefined;
}

export function lineOn(line: StandinHunkLine, side: DiffSide): number | undefined {
  return side === "LEFT" ? line.oldLine : line.newLine;
}

function hunkUpTo(hunk: StandinHunk, last: StandinHunkLine): string {
  const end = hunk.lines.indexOf(last) + 1;
  return [hunk.header, ...hunk.lines.slice(0, end).map(patchRow)].join("\n");
}
