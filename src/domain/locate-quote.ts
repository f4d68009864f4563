import { withoutSpace } from "./fingerprint.ts";
import { fuzzyMatches } from "./fuzzy-lines.ts";
import { splitAtElisions, quoteVariants } from "./quote-variants.ts";
import type { QuoteVariant } from "./quote-variants.ts";

/** Lines are 1-based and inclusive. `how` says what had to be forgiven: nothing, white space, a part of a line, or wording. */
export type Location = {
  readonly startLine: number;
  readonly endLine: number;
  readonly how: "exact" | "whitespace" | "partial" | "fuzzy";
};

/** 0-based and inclusive. */
type LineRun = { readonly first: number; readonly last: number };

/** More lines than this between the two parts of a quote with an elision are two places, not one. */
const MAX_ELIDED = 400;

/** Fewer characters than this, white space aside, are found by accident inside of other lines. */
const MIN_PARTIAL = 4;

type Search = (part: readonly string[]) => readonly LineRun[];

/**
 * Where `quote` stands in `text`, or undefined when it is nowhere, or in several places and `near` does not tell which.
 * The quote decides; `near` (a 1-based line that somebody claims) only chooses among equally good places, and a line number
 * that was copied into the quote serves when `near` is absent. Tries exact lines, then lines but for white space, then parts
 * of lines, then similar lines; the first that finds anything decides. Time is linear in the text for any input.
 */
export function locateQuote(text: string, quote: string, near?: number): Location | undefined {
  const variants = quoteVariants(quote);
  if (variants.length === 0) return undefined;
  const lines = text.split("\n").map((line) => line.trimEnd());
  const squeezed = once(() => lines.map(withoutSpace));
  const stages: readonly (readonly [Location["how"], Search])[] = [
    [
      "exact",
      (part) =>
        runsOf(
          lines,
          part.map((line) => line.trimEnd()),
        ),
    ],
    ["whitespace", (part) => squeezedRuns(squeezed(), part.map(withoutSpace))],
    ["partial", (part) => partialRuns(squeezed(), part.map(withoutSpace).join(""))],
    ["fuzzy", (part) => fuzzyMatches(squeezed(), part.map(withoutSpace))],
  ];
  for (const [how, search] of stages) {
    for (const variant of variants) {
      const runs = chained(variant, search);
      if (runs.length > 0) return choose(runs, near ?? variant.near, how);
    }
  }
  return undefined;
}

function choose(runs: readonly LineRun[], near: number | undefined, how: Location["how"]): Location | undefined {
  const [only, ...others] = runs;
  if (only === undefined || (others.length > 0 && near === undefined)) return undefined;
  const distance = (run: LineRun): number => Math.abs(run.first + 1 - (near ?? 0));
  const best = others.reduce((a, b) => (distance(b) < distance(a) ? b : a), only);
  return { startLine: best.first + 1, endLine: best.last + 1, how };
}

/** Runs from the first part of the quote to its last, every part after the one before and not too far away. */
function chained(variant: QuoteVariant, search: Search): readonly LineRun[] {
  const [head, ...rest] = splitAtElisions(variant.lines);
  if (head === undefined) return [];
  let runs = search(head);
  for (const part of rest) {
    if (runs.length === 0) return [];
    const next = search(part);
    let at = 0;
    runs = [...runs]
      .toSorted((a, b) => a.last - b.last)
      .flatMap((run) => {
        while (at < next.length && (next[at]?.first ?? 0) <= run.last) at += 1;
        const found = next[at];
        return found && found.first - run.last <= MAX_ELIDED ? [{ first: run.first, last: found.last }] : [];
      });
  }
  return runs;
}

/** Every run of `lines` equal to `part`, by Knuth, Morris and Pratt: no input makes it slow. Sorted. */
function runsOf(lines: readonly string[], part: readonly string[]): readonly LineRun[] {
  const fallback = borders(part);
  const runs: LineRun[] = [];
  let matched = 0;
  for (const [index, line] of lines.entries()) {
    while (matched > 0 && (matched === part.length || part[matched] !== line)) matched = fallback[matched - 1] ?? 0;
    if (part[matched] === line) matched += 1;
    if (matched === part.length) runs.push({ first: index - part.length + 1, last: index });
  }
  return runs;
}

function borders(part: readonly string[]): readonly number[] {
  const lengths = [0];
  let matched = 0;
  for (let index = 1; index < part.length; index += 1) {
    while (matched > 0 && part[matched] !== part[index]) matched = lengths[matched - 1] ?? 0;
    if (part[matched] === part[index]) matched += 1;
    lengths.push(matched);
  }
  return lengths;
}

/** Equal but for white space, blank lines included. */
function squeezedRuns(lines: readonly string[], part: readonly string[]): readonly LineRun[] {
  const written = lines.flatMap((line, index) => (line === "" ? [] : [index]));
  const runs = runsOf(
    written.map((index) => lines[index] ?? ""),
    part.filter((line) => line !== ""),
  );
  return runs.map((run) => ({ first: written[run.first] ?? 0, last: written[run.last] ?? 0 }));
}

/** Runs of lines whose joined text contains the quote, wherever its own lines were broken. Sorted, each run once. */
function partialRuns(lines: readonly string[], quote: string): readonly LineRun[] {
  if (quote.length < MIN_PARTIAL) return [];
  const starts = new Float64Array(lines.length + 1);
  for (const [index, line] of lines.entries()) starts[index + 1] = (starts[index] ?? 0) + line.length;
  const joined = lines.join("");
  const runs: LineRun[] = [];
  for (let at = joined.indexOf(quote); at !== -1;) {
    const run = { first: lineAt(starts, at), last: lineAt(starts, at + quote.length - 1) };
    runs.push(run);
    const next = run.first === run.last ? (starts[run.last + 1] ?? joined.length) : at + quote.length;
    at = joined.indexOf(quote, next);
  }
  return runs;
}

/** Index of the line that holds the character at `offset`: the last start at or before it. */
function lineAt(starts: Float64Array, offset: number): number {
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
