import { diffLines, linesOf, type LineRun } from "./line-diff.ts";
import type { RepoPath } from "./repo-path.ts";

/** A text before and after; undefined where the file does not exist. `executable` is the mode on the sides where it does. */
export type TextChange = {
  readonly path: RepoPath;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly executable: boolean;
};

const CONTEXT = 3;

/** Lines that a change adds and removes. */
export function countLines(change: Pick<TextChange, "before" | "after">): {
  readonly additions: number;
  readonly deletions: number;
} {
  const sum = (kind: LineRun["kind"], runs: readonly LineRun[]): number =>
    runs.reduce((total, run) => total + (run.kind === kind ? run.count : 0), 0);
  const runs = diffLines(linesOf(change.before ?? ""), linesOf(change.after ?? ""));
  return { additions: sum("added", runs), deletions: sum("removed", runs) };
}

/** The change as a patch that `git apply` takes; "" when nothing changes. */
export function unifiedDiff(change: TextChange): string {
  const { before, after } = change;
  if (before === after) return "";
  const [old, now] = [linesOf(before ?? ""), linesOf(after ?? "")];
  const mode = change.executable ? "100755" : "100644";
  const [a, b] = [quoted(`a/${change.path}`), quoted(`b/${change.path}`)];
  const header = [
    `diff --git ${a} ${b}\n`,
    ...(before === undefined ? [`new file mode ${mode}\n`] : []),
    ...(after === undefined ? [`deleted file mode ${mode}\n`] : []),
  ];
  const hunks = hunksOf(diffLines(old, now), old, now);
  const names = [`--- ${before === undefined ? "/dev/null" : a}\n`, `+++ ${after === undefined ? "/dev/null" : b}\n`];
  return [...header, ...(hunks.length === 0 ? [] : names), ...hunks].join("");
}

type Marked = { readonly mark: " " | "-" | "+"; readonly text: string };

function hunksOf(runs: readonly LineRun[], old: readonly string[], now: readonly string[]): readonly string[] {
  const lines = runs.flatMap((run): Marked[] => {
    const source =
      run.kind === "added" ? now.slice(run.now, run.now + run.count) : old.slice(run.old, run.old + run.count);
    const mark = run.kind === "same" ? " " : run.kind === "removed" ? "-" : "+";
    return source.map((text) => ({ mark, text }));
  });
  const changed = lines.flatMap(({ mark }, index) => (mark === " " ? [] : [index]));
  const ranges: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = ranges.at(-1);
    if (last !== undefined && index - CONTEXT <= last.to + CONTEXT) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  return ranges.map(({ from, to }) =>
    hunkText(lines, Math.max(0, from - CONTEXT), Math.min(lines.length, to + CONTEXT + 1)),
  );
}

function hunkText(lines: readonly Marked[], from: number, to: number): string {
  const count = (part: readonly Marked[], mark: "-" | "+"): number =>
    part.filter((line) => line.mark === " " || line.mark === mark).length;
  const [before, body] = [lines.slice(0, from), lines.slice(from, to)];
  const range = (mark: "-" | "+"): string => {
    const [start, length] = [count(before, mark), count(body, mark)];
    return `${length === 0 ? start : start + 1},${length}`;
  };
  const text = body.map((line) =>
    line.text.endsWith("\n") ? `${line.mark}${line.text}` : `${line.mark}${line.text}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range("-")} +${range("+")} @@\n${text.join("")}`;
}

/** A name with anything but plain characters as git writes it in a patch. */
function quoted(name: string): string {
  return /^[\w./@+ -]*$/.test(name) ? name : JSON.stringify(name);
}
