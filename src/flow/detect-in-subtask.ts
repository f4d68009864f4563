import type { ChangedFile } from "../domain/diff.ts";
import type { Claim } from "../domain/finding.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { Subtask, SubtaskFile } from "../domain/subtask.ts";
import type { Detector } from "../ports/detector.ts";
import type { Investigation } from "./investigate.ts";

const UNREADABLE = "The rules could not read it: its name, its size or its encoding is out of the ordinary.";

/** `unfit` are files that the rules leave out because there is nothing in them for anybody to read. */
export type Detected = {
  readonly claims: readonly Claim[];
  readonly unanalysed: Investigation["unanalysed"];
  readonly unfit: Investigation["unanalysed"];
};

/**
 * What the static rules see in the files of one subtask. Where a file is split over several subtasks, each takes the claims that
 * touch its own hunks, and the one with the file's first hunk all that touch none. A file without a text, such as one with a name
 * that no tool takes, counts as not analysed.
 */
export async function detectInSubtask(
  detector: Detector,
  subtask: Subtask,
  change: { readonly files: ReadonlyMap<RepoPath, ChangedFile>; readonly headTexts: ReadonlyMap<RepoPath, string> },
  signal: AbortSignal,
): Promise<Detected> {
  const readable = subtask.files.flatMap((part) => {
    const text = change.headTexts.get(part.path);
    return text === undefined ? [] : [{ part, path: part.path, text }];
  });
  const detections = await detector.detect(readable, signal);
  return {
    claims: detections.flatMap(({ path, claims }, index) => {
      const part = readable[index]?.part;
      const file = change.files.get(path);
      return part === undefined || file === undefined ? [] : claims.filter((claim) => belongsTo(claim, part, file));
    }),
    unanalysed: [
      ...detections.flatMap(({ path, error }) => (error === undefined ? [] : [{ path, reason: error }])),
      ...subtask.files.flatMap(({ path }) => (isUnreadable(path, change) ? [{ path, reason: UNREADABLE }] : [])),
    ],
    unfit: detections.flatMap(({ path, unfit }) => (unfit === undefined ? [] : [{ path, reason: unfit }])),
  };
}

function isUnreadable(
  path: RepoPath,
  change: { readonly files: ReadonlyMap<RepoPath, ChangedFile>; readonly headTexts: ReadonlyMap<RepoPath, string> },
): boolean {
  const file = change.files.get(path);
  const hasText = file !== undefined && file.kind === "file" && !file.binary && file.status !== "removed";
  return hasText && !change.headTexts.has(path);
}

function belongsTo(claim: Claim, part: SubtaskFile, file: ChangedFile): boolean {
  if (part.hunks === "all") return true;
  const touched = file.hunks.flatMap((hunk, index) =>
    claim.startLine < hunk.newStart + hunk.newLines && claim.endLine >= hunk.newStart ? [index] : [],
  );
  return part.hunks.includes(touched[0] ?? 0);
}
