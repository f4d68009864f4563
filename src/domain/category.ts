/** Categories that name a subject, not a cause: two of them on the same line say little about being the same defect. */
const SUBJECTS = new Set(
  (
    "bug correctness logic security performance style quality code-quality maintainability readability design " +
    "architecture documentation tests testing reliability general other misc nit"
  ).split(" "),
);

/** Spellings of one cause, by words that occur in a category. The first that matches counts. */
const CAUSES: readonly (readonly [cause: string, words: RegExp])[] = [
  ["query-in-loop", /\bn-plus-(?:one|1)\b|\bn1\b|query-in-loop|queries-in-loop|database-in-loop|db-in-loop/],
  ["cross-site-scripting", /\bxss\b|cross-site-scripting|inner-html|html-injection/],
  ["injection", /injection|\bsqli\b|shell-exec|\beval\b/],
  [
    "error-handling",
    /error-handling|unhandled|uncaught|empty-catch|swallow|floating-promise|missing-await|ignored-error/,
  ],
  ["secret", /\bsecrets?\b|credential|hard-?coded-(?:key|password|token)|api-key/],
  ["resource-leak", /\bleaks?\b|not-closed|unclosed|missing-close/],
  ["race", /\brace\b|race-condition|concurrency|toctou|data-race/],
  ["null-dereference", /\bnull\b|undefined-access|nil-dereference|optional-access|none-access/],
  ["async-in-foreach", /foreach/],
  ["path-traversal", /path-traversal|directory-traversal/],
  ["invisible-characters", /invisible|bidi|trojan-source|homoglyph/],
  ["off-by-one", /off-by-one|boundary/],
];

/**
 * One word for the cause that a kebab-case category names, the same for its usual spellings (`sql-injection` and `injection`).
 * Undefined for a category that only names a subject such as `bug` or `security`.
 */
export function causeOf(category: string): string | undefined {
  if (SUBJECTS.has(category)) return undefined;
  return CAUSES.find(([, words]) => words.test(category))?.[0] ?? category;
}
