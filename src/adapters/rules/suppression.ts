import type { LineTable } from "./line-table.ts";

/** ast-grep's comment: on the line itself or alone on the line before; without ids it covers every rule. */
const IGNORE = /\bast-grep-ignore(?::\s*([\w.,\s-]+))?/;

/** What other tools' comments say about the same thing: somebody looked at this line and judged it before. */
const JUDGED: Readonly<Record<string, RegExp>> = {
  "go-ignored-error": /\/\/\s*nolint(?:$|\s|:[^/]*\berrcheck\b)/,
  "py-html-injection": /#.*\b(?:noqa:[^#]*\bS(?:308|704)\b|nosec\b)/,
  "py-shell-injection": /#.*\b(?:noqa:[^#]*\bS60\d\b|nosec\b)/,
  "py-sql-injection": /#.*\b(?:noqa:[^#]*\bS608\b|nosec\b)/,
  "py-code-injection": /#.*\b(?:noqa:[^#]*\bS(?:102|307)\b|nosec\b)/,
  "py-unsafe-deserialization": /#.*\b(?:noqa:[^#]*\bS(?:301|506)\b|nosec\b)/,
  "py-silent-except": /#.*\bnoqa:[^#]*\b(?:S110|BLE001|SIM105)\b/,
};

/** Whether the author said, with ast-grep's comment or that of a tool that checks the same, that this rule does not apply on this line. */
export function isSuppressed(lines: LineTable, line: number, ruleId: string): boolean {
  const own = IGNORE.exec(lines.text(line));
  const above = line > 1 ? IGNORE.exec(lines.text(line - 1)) : null;
  const standsAlone = above !== null && /^\s*(?:\/\/|#|\/\*|\{\/\*|--|<!--)/.test(lines.text(line - 1));
  return (
    JUDGED[ruleId]?.test(lines.text(line)) === true || covers(own, ruleId) || (standsAlone && covers(above, ruleId))
  );
}

function covers(found: RegExpExecArray | null, ruleId: string): boolean {
  if (found === null) return false;
  const ids = found[1]?.split(/[\s,]+/).filter((id) => id !== "");
  return ids === undefined || ids.length === 0 || ids.includes(ruleId);
}
