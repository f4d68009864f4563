import type { StandinHunk, StandinHunkLine } from "../model-diff.ts";

/** Parses the `patch` of a file into its hunks, with line numbers on both sides and GitHub's positions. */
export function parsePatch(patch: string): StandinHunk[] {
  const hunks: { header: string; lines: StandinHunkLine[] }[] = [];
  let oldLine = 0;
  let newLine = 0;
  let position = -1;
  for (const row of patch.split("\n")) {
    position += 1;
    const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(row);
    if (start !== null) {
      oldLine = Number(start[1]);
      newLine = Number(start[2]);
      hunks.push({ header: row, lines: [] });
      continue;
    }
    const lines = hunks.at(-1)?.lines;
    const text = row.slice(1);
    if (row.startsWith("+")) lines?.push({ kind: "added", text, newLine: newLine++, position });
    else if (row.startsWith("-")) lines?.push({ kind: "deleted", text, oldLine: oldLine++, position });
    else if (row.startsWith("\\")) lines?.push({ kind: "note", text, position });
    else lines?.push({ kind: "context", text, oldLine: oldLine++, newLine: newLine++, position });
  }
  return hunks;
}

/** The row of a hunk line, as it stands in the patch. */
export function patchRow(line: StandinHunkLine): string {
  const marker = { context: " ", added: "+", deleted: "-", note: "\\" }[line.kind];
  return `${marker}${line.text}`;
}
