import type { DiffLine, Hunk } from "./diff.ts";

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(?: (.*))?/s;

type OpenHunk = Omit<Hunk, "lines"> & { readonly lines: DiffLine[]; oldSeen: number; newSeen: number };

function openHunk(line: string): OpenHunk | undefined {
  const match = HEADER.exec(line);
  if (match === null) return undefined;
  const [, oldStart, oldLines = "1", newStart, newLines = "1", section = ""] = match;
  return {
    oldStart: Number(oldStart),
    oldLines: Number(oldLines),
    newStart: Number(newStart),
    newLines: Number(newLines),
    section,
    lines: [],
    oldSeen: 0,
    newSeen: 0,
  };
}

function take(hunk: OpenHunk, line: string): void {
  const text = line.slice(1);
  const oldLine = hunk.oldStart + hunk.oldSeen;
  const newLine = hunk.newStart + hunk.newSeen;
  if (line.startsWith("+")) {
    hunk.lines.push({ kind: "added", text, newLine });
    hunk.newSeen += 1;
  } else if (line.startsWith("-")) {
    hunk.lines.push({ kind: "removed", text, oldLine });
    hunk.oldSeen += 1;
  } else if (line.startsWith(" ") || line === "" || line === "\r") {
    // Some senders strip the blank in front of an empty context line.
    hunk.lines.push({ kind: "context", text: line === "\r" ? line : text, oldLine, newLine });
    hunk.oldSeen += 1;
    hunk.newSeen += 1;
  }
}

/**
 * The hunks of one file's unified diff: what GitHub sends as `patch`, or what git prints from the first `@@` on. Text before
 * the first hunk and `\ No newline at end of file` are left out. Only LF ends a line: a CR stays in the text. A hunk takes no
 * more lines than its header counts, so nothing behind it can be taken for code; a patch that ends early gives what is there.
 */
export function parsePatch(patch: string): Hunk[] {
  const hunks: OpenHunk[] = [];
  let from = 0;
  while (from < patch.length) {
    const end = patch.indexOf("\n", from);
    const line = patch.slice(from, end === -1 ? patch.length : end);
    const hunk = hunks.at(-1);
    if (hunk !== undefined && (hunk.oldSeen < hunk.oldLines || hunk.newSeen < hunk.newLines)) {
      take(hunk, line);
    } else {
      const opened = openHunk(line);
      if (opened !== undefined) hunks.push(opened);
    }
    from = end === -1 ? patch.length : end + 1;
  }
  return hunks.map(({ oldSeen: _old, newSeen: _new, ...hunk }) => hunk);
}
