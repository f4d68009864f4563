import type { ChangeSet } from "../../src/domain/change-set.ts";
import type { ChangedFile, DiffLine, Hunk } from "../../src/domain/diff.ts";

/** A hunk that adds the given lines at `start` and removes nothing. */
export function addedHunk(start: number, lines: readonly string[], section = ""): Hunk {
  return {
    oldStart: Math.max(0, start - 1),
    oldLines: 0,
    newStart: start,
    newLines: lines.length,
    section,
    lines: lines.map((text, index) => ({ kind: "added", text, newLine: start + index })),
  };
}

/** A hunk that replaces `before` by `after` at `start`. */
export function replacedHunk(start: number, before: readonly string[], after: readonly string[], section = ""): Hunk {
  const removed = before.map((text, index): DiffLine => ({ kind: "removed", text, oldLine: start + index }));
  const added = after.map((text, index): DiffLine => ({ kind: "added", text, newLine: start + index }));
  return {
    oldStart: start,
    oldLines: before.length,
    newStart: start,
    newLines: after.length,
    section,
    lines: [...removed, ...added],
  };
}

/** A modified text file; counts follow from its hunks, by default one hunk of one added line. */
export function changedFile(path: string, facts: Partial<ChangedFile> = {}): ChangedFile {
  const hunks = facts.hunks ?? [addedHunk(1, ["x"])];
  const count = (kind: DiffLine["kind"]): number =>
    hunks.flatMap(({ lines }) => lines).filter((line) => line.kind === kind).length;
  return {
    path,
    status: "modified",
    kind: "file",
    binary: false,
    becameExecutable: false,
    additions: count("added"),
    deletions: count("removed"),
    ...facts,
    hunks,
  };
}

/** `lines` different added lines in one hunk. */
export function linesAdded(path: string, lines: number, facts: Partial<ChangedFile> = {}): ChangedFile {
  const texts = Array.from({ length: lines }, (_, index) => `line ${index} of it`);
  return changedFile(path, { hunks: [addedHunk(1, texts)], ...facts });
}

export function changeSetOf(files: readonly ChangedFile[], facts: Partial<ChangeSet> = {}): ChangeSet {
  return {
    repository: "acme/shop",
    base: "b".repeat(40),
    head: "a".repeat(40),
    title: "Change things",
    body: "",
    commitMessages: [],
    files,
    unlistedFiles: 0,
    attributes: new Map(),
    ...facts,
  };
}
