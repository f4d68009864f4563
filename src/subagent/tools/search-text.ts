import { RE2JS } from "re2js";

import { requiredLiterals } from "./required-literals.ts";

/** Characters of a line that are searched; the rest of a longer line is not. */
const MAX_LINE = 20_000;
/** Texts up to this many characters are tested as a whole first, which is much faster than line by line. */
const MAX_GATE = 1_000_000;
/** Matches across lines are looked for in texts up to this many characters, and reported up to this many times. */
const MAX_MULTILINE = 1_000_000;
const MAX_MULTILINE_MATCHES = 10_000;
/** Matches of one line that are told apart. */
const MAX_PARTS = 100;

/** A compiled search. Linear in the text's length for every pattern. */
export type Search = {
  /** See requiredLiterals; undefined when case is ignored too. */
  readonly literals: readonly string[] | undefined;
  /** The lines that match, ascending; a multiline match gives every line that it touches. */
  run(text: string): TextMatches;
};

export type TextMatches = {
  readonly lines: readonly string[];
  readonly matches: readonly LineMatch[];
  /** Why a match may be missing; absent when the whole text was searched. */
  readonly incomplete?: string;
};

/** `line` is a 0-based index, `column` the 0-based place of the first match, `parts` the matched texts of that line. */
export type LineMatch = { readonly line: number; readonly column: number; readonly parts: readonly string[] };

/** @throws {Error} with a message for the pattern's author when it is not RE2 syntax. */
export function compileSearch(
  pattern: string,
  options: { readonly ignoreCase: boolean; readonly multiline: boolean },
): Search {
  const caseFlag = options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0;
  const literals = options.ignoreCase ? undefined : requiredLiterals(pattern);
  const whole = RE2JS.compile(pattern, caseFlag | RE2JS.MULTILINE | (options.multiline ? RE2JS.DOTALL : 0));
  if (options.multiline) return { literals, run: (text) => acrossLines(text, whole) };
  const single = RE2JS.compile(pattern, caseFlag);
  // With these, a match in a line is not always a match in the whole text.
  const canGate = !/\\[Az]|\(\?(?!:)/.test(pattern);
  return {
    literals,
    run: (text) => {
      const unix = withUnixLines(text);
      if (literals !== undefined && !literals.some((literal) => unix.includes(literal))) return NOTHING;
      if (canGate && unix.length <= MAX_GATE && !whole.test(unix)) return NOTHING;
      return lineByLine(unix, single, literals);
    },
  };
}

const NOTHING: TextMatches = { lines: [], matches: [] };

function withUnixLines(text: string): string {
  return text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
}

function splitLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function lineByLine(text: string, regex: RE2JS, literals: readonly string[] | undefined): TextMatches {
  const lines = splitLines(text);
  let cut = 0;
  const matches = lines.flatMap((full, line) => {
    if (literals !== undefined && !literals.some((literal) => full.includes(literal))) return [];
    if (full.length > MAX_LINE) cut += 1;
    const searched = full.length > MAX_LINE ? full.slice(0, MAX_LINE) : full;
    if (!regex.test(searched)) return [];
    const matcher = regex.matcher(searched);
    const parts: string[] = [];
    let column = 0;
    while (parts.length < MAX_PARTS && matcher.find()) {
      if (parts.length === 0) column = matcher.start();
      parts.push(matcher.group() ?? "");
    }
    return [{ line, column, parts }];
  });
  return cut === 0
    ? { lines, matches }
    : { lines, matches, incomplete: `${cut} very long lines were searched in their first ${MAX_LINE} characters only` };
}

function acrossLines(text: string, regex: RE2JS): TextMatches {
  const unix = withUnixLines(text);
  if (unix.length > MAX_MULTILINE) {
    return { ...NOTHING, incomplete: `files above ${MAX_MULTILINE} characters are not searched across lines` };
  }
  if (!regex.test(unix)) return NOTHING;
  const lines = splitLines(unix);
  const found = new Map<number, { line: number; column: number; parts: string[] }>();
  const matcher = regex.matcher(unix);
  let line = 0;
  let lineStart = 0;
  let count = 0;
  while (count < MAX_MULTILINE_MATCHES && matcher.find()) {
    count += 1;
    const start = matcher.start();
    while (line < lines.length - 1 && start > lineStart + (lines[line]?.length ?? 0)) {
      lineStart += (lines[line]?.length ?? 0) + 1;
      line += 1;
    }
    for (const [index, part] of (matcher.group() ?? "").replace(/\n$/, "").split("\n").entries()) {
      const column = index === 0 ? start - lineStart : 0;
      const known = found.get(line + index);
      if (known === undefined) found.set(line + index, { line: line + index, column, parts: [part] });
      else if (known.parts.length < MAX_PARTS) known.parts.push(part);
    }
  }
  const matches = [...found.values()].toSorted((a, b) => a.line - b.line).filter((match) => match.line < lines.length);
  return { lines, matches };
}
