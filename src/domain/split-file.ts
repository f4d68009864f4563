import type { ChangedFile, Hunk } from "./diff.ts";
import { partTokens } from "./token-estimate.ts";

/** Consecutive readable hunks of one file that one subagent reads: 0-based indexes into `ChangedFile.hunks`, sorted. */
export type FilePart = { readonly hunks: readonly number[]; readonly lines: number; readonly tokens: number };

type Open = { readonly hunks: number[]; tokens: number; border: number; tokensAtBorder: number };

/**
 * Cuts a file at hunk borders into parts of similar size, none above `ceilingTokens`; where it can choose, at a border where the
 * enclosing symbol (`Hunk.section`) changes. Every hunk is in exactly one part, but for hunks that alone exceed the ceiling: they
 * are in none.
 */
export function splitFile(file: ChangedFile, ceilingTokens: number): readonly FilePart[] {
  const sizes = file.hunks.map((hunk) => partTokens(file, hunk));
  const readable = file.hunks.flatMap((hunk, index) => ((sizes[index] ?? 0) <= ceilingTokens ? [{ hunk, index }] : []));
  const total = readable.reduce((sum, { index }) => sum + (sizes[index] ?? 0), 0);
  const target = total / Math.max(1, Math.ceil(total / ceilingTokens));
  const parts: number[][] = [];
  let open: Open = start();
  let section: string | undefined;
  for (const { hunk, index } of readable) {
    const size = sizes[index] ?? 0;
    const isBorder = hunk.section !== section;
    section = hunk.section;
    if (isBorder && open.hunks.length > 0) {
      open.border = open.hunks.length;
      open.tokensAtBorder = open.tokens;
    }
    if (isBorder && open.tokens >= target) {
      parts.push(open.hunks);
      open = start();
    } else if (open.tokens + size > ceilingTokens) {
      // Going back to the last symbol border is worth it unless the part would be left nearly empty.
      const back = open.tokens - open.tokensAtBorder;
      const isWorthIt = open.tokensAtBorder >= target / 2 && back + size <= ceilingTokens;
      const cut = isWorthIt ? open.border : open.hunks.length;
      parts.push(open.hunks.slice(0, cut));
      open = { ...start(), hunks: open.hunks.slice(cut), tokens: isWorthIt ? back : 0 };
    }
    open.hunks.push(index);
    open.tokens += size;
  }
  return [...parts, open.hunks]
    .filter((hunks) => hunks.length > 0)
    .map((hunks) => ({
      hunks,
      lines: hunks.reduce((sum, at) => sum + changedLinesOf(file.hunks[at]), 0),
      tokens: hunks.reduce((sum, at) => sum + (sizes[at] ?? 0), 0),
    }));
}

function start(): Open {
  return { hunks: [], tokens: 0, border: 0, tokensAtBorder: 0 };
}

function changedLinesOf(hunk: Hunk | undefined): number {
  return hunk === undefined ? 0 : hunk.lines.reduce((sum, line) => sum + (line.kind === "context" ? 0 : 1), 0);
}
