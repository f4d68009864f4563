import type { LanguageId } from "./languages.ts";
import type { Matcher } from "./rule.ts";

type Clauses = readonly (readonly string[])[];

/** Node kinds that cannot be in a file without this word, in the languages below. */
const KEYWORDS: Readonly<Record<string, string>> = {
  catch_clause: "catch",
  except_clause: "except",
  try_statement: "try",
  await_expression: "await",
  await: "await",
  new_expression: "new",
  object_creation_expression: "new",
  for_in_statement: "for",
  for_statement: "for",
  enhanced_for_statement: "for",
  while_statement: "while",
  with_statement: "with",
  defer_statement: "defer",
  go_statement: "go",
};
const KEYWORD_LANGUAGES: ReadonlySet<LanguageId> = new Set(["typescript", "tsx", "javascript", "python", "go", "java"]);

/**
 * Texts that a file must contain for a rule to have a chance, derived from its patterns, kinds and anchored regular
 * expressions: the file must contain at least one text of each clause. Never too strict: what is not understood gives no clause.
 */
export function deriveNeeds(matcher: Matcher, languages: readonly LanguageId[]): Clauses {
  const scope: Scope = {
    utils: matcher.utils ?? {},
    keywords: languages.every((language) => KEYWORD_LANGUAGES.has(language)) ? KEYWORDS : {},
  };
  const clauses = ofRule(matcher.rule, scope, new Set());
  const seen = new Set<string>();
  return clauses.filter((clause) => {
    const key = JSON.stringify(clause);
    return seen.has(key) ? false : seen.add(key);
  });
}

/** Whether a text passes the clauses. `contains` may remember its answers. */
export function mayMatch(needs: Clauses, contains: (literal: string) => boolean): boolean {
  return needs.every((clause) => clause.some(contains));
}

type Scope = { readonly utils: Readonly<Record<string, unknown>>; readonly keywords: Readonly<Record<string, string>> };

function ofRule(rule: unknown, scope: Scope, open: ReadonlySet<string>): Clauses {
  if (!isRecord(rule)) return [];
  return Object.entries(rule).flatMap(([key, value]): Clauses => {
    switch (key) {
      case "pattern":
        return ofPattern(value);
      case "regex":
        return ofRegex(value);
      case "kind":
        return typeof value === "string" && scope.keywords[value] !== undefined ? [[scope.keywords[value]]] : [];
      case "all":
        return Array.isArray(value) ? value.flatMap((part) => ofRule(part, scope, open)) : [];
      case "any":
        return Array.isArray(value) ? ofAny(value.map((part) => ofRule(part, scope, open))) : [];
      case "has":
      case "inside":
      case "precedes":
      case "follows":
        return ofRule(value, scope, open);
      case "matches":
        return typeof value === "string" && !open.has(value)
          ? ofRule(scope.utils[value], scope, new Set([...open, value]))
          : [];
      default:
        return [];
    }
  });
}

/** One alternative holds, so a file needs a text from the narrowest clause of one of them. */
function ofAny(alternatives: readonly Clauses[]): Clauses {
  const narrowest = alternatives.map((clauses) => clauses.toSorted((a, b) => rarity(b) - rarity(a))[0]);
  return narrowest.every((clause) => clause !== undefined) ? [[...new Set(narrowest.flat())].toSorted()] : [];
}

/** Longer texts are rarer; a clause is as rare as its shortest text. */
function rarity(clause: readonly string[]): number {
  return Math.min(...clause.map((literal) => literal.length));
}

function ofPattern(value: unknown): Clauses {
  // A context also holds code around what is matched, and lax strictness lets parts of a pattern be missing.
  if (typeof value !== "string") return [];
  return [...value.replaceAll(/\$+[A-Z_][A-Z0-9_]*|\$\$\$/g, " ").matchAll(/[A-Za-z_][A-Za-z0-9_]{2,}/g)].map(
    ([word]) => [word],
  );
}

/** Only alternatives of plain words between ^ and $, e.g. `^(query|execute)$`. */
function ofRegex(value: unknown): Clauses {
  const words = typeof value === "string" ? /^\^(?:\((?:\?:)?([\w|]+)\)|(\w+))\$$/.exec(value) : null;
  const alternatives = (words?.[1] ?? words?.[2] ?? "").split("|").filter((word) => word.length > 0);
  return alternatives.length > 0 ? [alternatives] : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
