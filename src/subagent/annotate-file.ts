import type { ChangedFile, Hunk } from "../domain/diff.ts";
import type { SubtaskFile } from "../domain/subtask.ts";

/** Lines of unchanged code shown around each hunk when a file is too long to be shown whole. */
const CONTEXT_LINES = 40;
/** Files up to this many lines are shown whole. */
const WHOLE_FILE_LINES = 800;
/** Longer lines are cut in the middle; nobody reviews a minified line. */
const MAX_LINE_CHARACTERS = 1_000;

/**
 * A changed file as a subagent reads it: the head version with line numbers and the diff in one. `+` marks lines that the change
 * added, `-` lines that it removed (they have no number), `...` what is left out.
 */
export function annotateFile(file: ChangedFile, part: SubtaskFile, headText: string | undefined): string {
  const chosen = part.hunks;
  const hunks = chosen === "all" ? file.hunks : file.hunks.filter((_, index) => chosen.includes(index));
  if (headText === undefined) return hunks.map(rawHunk).join("\n...\n");
  const lines = headText.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const whole = part.hunks === "all" && lines.length <= WHOLE_FILE_LINES;
  const shown = whole ? [{ from: 1, to: lines.length }] : windows(hunks, lines.length);
  return render(lines, file.hunks, shown);
}

/** Lines `from` to `to` (clamped to the file) of the head version, annotated as in `annotateFile`; `file` is absent for unchanged files. */
export function annotateLines(file: ChangedFile | undefined, headText: string, from: number, to: number): string {
  const lines = headText.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const last = Math.max(1, Math.min(to, lines.length));
  return render(lines, file?.hunks ?? [], [{ from: Math.max(1, Math.min(from, last)), to: last }]);
}

type Window = { from: number; to: number };

function windows(hunks: readonly Hunk[], lineCount: number): Window[] {
  const merged: Window[] = [];
  for (const hunk of hunks) {
    const from = Math.max(1, hunk.newStart - CONTEXT_LINES);
    const to = Math.min(lineCount, hunk.newStart + Math.max(hunk.newLines, 1) - 1 + CONTEXT_LINES);
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

function render(lines: readonly string[], hunks: readonly Hunk[], shown: readonly Window[]): string {
  const { added, removedBefore } = changes(hunks);
  const width = String(shown.at(-1)?.to ?? 1).length;
  const blank = " ".repeat(width);
  const out: string[] = [];
  let next = 1;
  for (const { from, to } of shown) {
    if (from > next) out.push(`... lines ${next}-${from - 1} not shown`);
    for (let line = from; line <= to; line++) {
      for (const text of removedBefore.get(line) ?? []) out.push(`${blank} - ${shorten(text)}`);
      out.push(`${String(line).padStart(width)} ${added.has(line) ? "+" : " "} ${shorten(lines[line - 1] ?? "")}`);
    }
    next = to + 1;
    if (next > lines.length) for (const text of removedBefore.get(next) ?? []) out.push(`${blank} - ${shorten(text)}`);
  }
  if (next <= lines.length) out.push(`... lines ${next}-${lines.length} not shown`);
  return out.join("\n");
}

function changes(hunks: readonly Hunk[]): { added: ReadonlySet<number>; removedBefore: ReadonlyMap<number, string[]> } {
  const added = new Set<number>();
  const removedBefore = new Map<number, string[]>();
  for (const hunk of hunks) {
    let next = hunk.newLines === 0 ? hunk.newStart + 1 : hunk.newStart;
    for (const line of hunk.lines) {
      if (line.kind === "removed") {
        removedBefore.set(next, [...(removedBefore.get(next) ?? []), line.text]);
        continue;
      }
      if (line.kind === "added") added.add(line.newLine);
      next = line.newLine + 1;
    }
  }
  return { added, removedBefore };
}

function rawHunk(hunk: Hunk): string {
  const marks = { context: " ", added: "+", removed: "-" } as const;
  return hunk.lines
    .map((line) => {
      const number = line.kind === "removed" ? "" : String(line.newLine);
      return `${number.padStart(5)} ${marks[line.kind]} ${shorten(line.text)}`;
    })
    .join("\n");
}

function shorten(text: string): string {
  if (text.length <= MAX_LINE_CHARACTERS) return text;
  const half = MAX_LINE_CHARACTERS / 2;
  return `${text.slice(0, half)} [... ${text.length - MAX_LINE_CHARACTERS} characters ...] ${text.slice(-half)}`;
}
