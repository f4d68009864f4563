import type { LineTable } from "./line-table.ts";

/** ast-grep's comment: on the line itself or alone on the line before; without ids it covers every rule. */
const IGNORE = /\bast-grep-ignore(?::\s*([\w.,\s-]+))?/;

/** Whether the author said, with ast-grep's comment, that this rule does not apply on this line. */
export function isSuppressed(lines: LineTable, line: number, ruleId: string): boolean {
  const own = IGNORE.exec(lines.text(line));
  const above = line > 1 ? IGNORE.exec(lines.text(line - 1)) : null;
  const standsAlone = above !== null && /^\s*(?:\/\/|#|\/\*|\{\/\*|--|<!--)/.test(lines.text(line - 1));
  return covers(own, ruleId) || (standsAlone && covers(above, ruleId));
}

function covers(found: RegExpExecArray | null, ruleId: string): boolean {
  if (found === null) return false;
  const ids = found[1]?.split(/[\s,]+/).filter((id) => id !== "");
  return ids === undefined || ids.length === 0 || ids.includes(ruleId);
}
