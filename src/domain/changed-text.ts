import type { Hunk } from "./diff.ts";

/** Changed text per file that is searched for telling code; what it is about is settled long before this. */
const SCANNED_CHARACTERS = 100_000;

/** The added and removed lines, one a line, cut after the first 100,000 characters. */
export function changedText(hunks: readonly Hunk[]): string {
  const lines: string[] = [];
  let left = SCANNED_CHARACTERS;
  for (const hunk of hunks) {
    for (const line of hunk.lines) {
      if (line.kind === "context") continue;
      if (left <= 0) return lines.join("\n");
      const text = line.text.slice(0, left);
      lines.push(text);
      left -= text.length + 1;
    }
  }
  return lines.join("\n");
}
