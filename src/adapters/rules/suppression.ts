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
  "py-tls-not-verified": /#.*\b(?:noqa:[^#]*\bS(?:323|501)\b|nosec\b)/,
  "py-request-without-timeout": /#.*\b(?:noqa:[^#]*\bS113\b|nosec\b)/,
  "py-predictable-token": /#.*\b(?:noqa:[^#]*\bS311\b|nosec\b)/,
  "py-task-dropped": /#.*\bnoqa:[^#]*\bRUF006\b/,
  "py-mutated-default": /#.*\bnoqa:[^#]*\bB006\b/,
  "go-error-becomes-nil": /\/\/\s*nolint(?:$|\s|:[^/]*\bnilerr\b)/,
  "go-rows-error": /\/\/\s*nolint(?:$|\s|:[^/]*\browserrcheck\b)/,
};

/** The comments of security scanners, for the rules of a language that look for the same. */
const JUDGED_SAFE: readonly (readonly [rules: RegExp, comment: RegExp])[] = [
  [/^go-(?!ignored|error|rows|body|query)/, /\/\/\s*nolint(?:$|\s|:.*\bgosec\b)|#nosec\b/],
  [/^py-(?:weak|timing|path|request-forgery|open|response|insecure)/, /#\s*nosec\b/],
  [/^java-/, /\/\/\s*NOSONAR\b/],
];

/** The rules of eslint and its kin that ask what one of ours asks; their comment stands on the line or alone before it. */
const JUDGED_BY_LINTER: Readonly<Record<string, RegExp>> = {
  "ts-empty-catch": /\bno-empty\b|noEmptyBlock/,
  "ts-sync-empty-catch": /\bno-empty\b|noEmptyBlock/,
  "ts-code-injection": /no-eval|no-implied-eval|noGlobalEval/,
  "ts-function-from-text": /no-new-func/,
  "ts-floating-promise": /no-floating-promises|noFloatingPromises/,
  "ts-async-for-each": /no-misused-promises|no-async-foreach/,
  "ts-async-promise-executor": /no-async-promise-executor|noAsyncPromiseExecutor/,
  "ts-unsafe-finally": /no-unsafe-finally|noUnsafeFinally/,
  "ts-markup-value": /no-danger\b|noDangerouslySetInnerHtml|no-unsanitized/,
  "ts-html-injection": /no-danger\b|noDangerouslySetInnerHtml|no-unsanitized/,
};

/** Whether the author said, with ast-grep's comment or that of a tool that checks the same, that this rule does not apply on this line. */
export function isSuppressed(lines: LineTable, line: number, ruleId: string): boolean {
  const own = IGNORE.exec(lines.text(line));
  const above = line > 1 ? IGNORE.exec(lines.text(line - 1)) : null;
  const standsAlone = above !== null && /^\s*(?:\/\/|#|\/\*|\{\/\*|--|<!--)/.test(lines.text(line - 1));
  return isJudged(lines, line, ruleId) || covers(own, ruleId) || (standsAlone && covers(above, ruleId));
}

function isJudged(lines: LineTable, line: number, ruleId: string): boolean {
  const text = lines.text(line);
  if (JUDGED[ruleId]?.test(text) === true) return true;
  if (JUDGED_SAFE.some(([rules, comment]) => rules.test(ruleId) && comment.test(text))) return true;
  const linter = JUDGED_BY_LINTER[ruleId];
  if (linter === undefined) return false;
  const before = line > 1 ? lines.text(line - 1) : "";
  return (
    (/(?:eslint|oxlint)-disable-line|biome-ignore/.test(text) && linter.test(text)) ||
    (/(?:eslint|oxlint)-disable-next-line|biome-ignore/.test(before) && linter.test(before))
  );
}

function covers(found: RegExpExecArray | null, ruleId: string): boolean {
  if (found === null) return false;
  const ids = found[1]?.split(/[\s,]+/).filter((id) => id !== "");
  return ids === undefined || ids.length === 0 || ids.includes(ruleId);
}
