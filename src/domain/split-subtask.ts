import type { ChangedFile } from "./diff.ts";
import type { RepoPath } from "./repo-path.ts";
import { splitFile } from "./split-file.ts";
import { subtaskFileTokens } from "./subtask-tokens.ts";
import type { Subtask, SubtaskFile } from "./subtask.ts";
import { partTokens } from "./token-estimate.ts";

/**
 * Two subtasks that together read what `subtask` reads, each about half of it: between files, or between the hunks of one file (at a
 * symbol where there is one). Ids get `.1` and `.2`. Undefined when it is one hunk, or one file without hunks.
 */
export function halveSubtask(
  subtask: Subtask,
  files: ReadonlyMap<RepoPath, ChangedFile>,
  headText: (path: RepoPath) => string | undefined,
): readonly [Subtask, Subtask] | undefined {
  const halves =
    subtask.files.length > 1 ? betweenFiles(subtask.files, files, headText) : withinFile(subtask.files[0], files);
  if (halves === undefined) return undefined;
  const [first, second] = halves;
  return [half(subtask, 1, first), half(subtask, 2, second)];
}

type Halves = readonly [readonly SubtaskFile[], readonly SubtaskFile[]];

function half(subtask: Subtask, number: 1 | 2, files: readonly SubtaskFile[]): Subtask {
  return {
    ...subtask,
    id: `${subtask.id}.${number}`,
    description: `${subtask.description} (half ${number})`,
    files,
    why: `${subtask.why} Too big for the model's context: split in two.`,
  };
}

function betweenFiles(
  parts: readonly SubtaskFile[],
  files: ReadonlyMap<RepoPath, ChangedFile>,
  headText: (path: RepoPath) => string | undefined,
): Halves {
  const sizes = parts.map((part) => subtaskFileTokens(part, files, headText));
  const cut = middleOf(sizes);
  return [parts.slice(0, cut), parts.slice(cut)];
}

function withinFile(part: SubtaskFile | undefined, files: ReadonlyMap<RepoPath, ChangedFile>): Halves | undefined {
  const file = part === undefined ? undefined : files.get(part.path);
  if (part === undefined || file === undefined) return undefined;
  const indexes = part.hunks === "all" ? file.hunks.map((_, index) => index) : part.hunks;
  if (indexes.length < 2) return undefined;
  const chosen = { ...file, hunks: indexes.flatMap((index) => file.hunks[index] ?? []) };
  const total = chosen.hunks.reduce((sum, hunk) => sum + partTokens(file, hunk), 0);
  // Room for a cut at a symbol that is not quite in the middle.
  const pieces = splitFile(chosen, Math.ceil(total * 0.6));
  const atSymbol = pieces.length > 1 && pieces.flatMap(({ hunks }) => hunks).length === indexes.length;
  const cut = atSymbol
    ? piecesBefore(pieces.map(({ hunks }) => hunks.length))
    : middleOf(chosen.hunks.map((hunk) => partTokens(file, hunk)));
  const side = (hunks: readonly number[]): readonly SubtaskFile[] => [{ path: part.path, hunks }];
  return [side(indexes.slice(0, cut)), side(indexes.slice(cut))];
}

/** Hunks in the first half of the pieces. */
function piecesBefore(lengths: readonly number[]): number {
  return lengths.slice(0, Math.ceil(lengths.length / 2)).reduce((sum, length) => sum + length, 0);
}

/** How many of the first sizes come nearest to half of all; at least one, and not all. */
function middleOf(sizes: readonly number[]): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let best = 1;
  let before = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (const [index, size] of sizes.slice(0, -1).entries()) {
    before += size;
    const distance = Math.abs(total / 2 - before);
    if (distance >= smallest) continue;
    smallest = distance;
    best = index + 1;
  }
  return best;
}
