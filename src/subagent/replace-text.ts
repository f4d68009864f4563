import { locateQuote } from "../domain/locate-quote.ts";
import { showInvisible } from "../domain/visible-text.ts";

/** `all`: every occurrence instead of the only one. */
export type Replacement = { readonly old: string; readonly new: string; readonly all: boolean };

/** The new text and how often it was changed, or why not, in words for the model. */
export type Replaced =
  | { readonly ok: true; readonly text: string; readonly count: number }
  | { readonly ok: false; readonly problem: string };

/** Lines of the file that a hint quotes. */
const HINT_LINES = 12;
const HINT_LENGTH = 1_500;
/** Places that are named when a text stands in several. */
const MAX_PLACES = 8;

/**
 * Claude Code's Edit: `old` must stand in the text exactly, and once unless `all`. Line ends are the only thing that is forgiven: LF
 * matches CRLF and the other way round, and what comes in gets the line ends of what it replaces.
 */
export function replaceText(text: string, change: Replacement): Replaced {
  if (change.old === change.new) return refused("old_string and new_string are the same: there is nothing to change.");
  for (const old of new Set([change.old, toLf(change.old), toCrlf(change.old)])) {
    const places = placesOf(text, old);
    if (places.length === 0) continue;
    if (places.length > 1 && !change.all) return refused(ambiguous(text, places));
    const fresh = withLineEnds(change.new, lineEndOf(old) ?? lineEndOf(text));
    if (fresh === old)
      return refused("old_string and new_string differ in their line ends only, which stay as they are.");
    return { ok: true, text: text.split(old).join(fresh), count: places.length };
  }
  return refused(notFound(text, change.old));
}

/** The text with the line ends of the file that it replaces, where those are all of one kind; else as it is. */
export function withLineEndsOf(before: string, text: string): string {
  return withLineEnds(text, lineEndOf(before));
}

type LineEnd = "\n" | "\r\n";

/** The kind of line end that most lines have; undefined for a text of one line. */
function lineEndOf(text: string): LineEnd | undefined {
  const all = text.split("\n").length - 1;
  const crlf = text.split("\r\n").length - 1;
  if (all === 0) return undefined;
  return crlf * 2 > all ? "\r\n" : "\n";
}

function withLineEnds(text: string, end: LineEnd | undefined): string {
  if (end === undefined) return text;
  return end === "\n" ? toLf(text) : toCrlf(text);
}

function toLf(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

function toCrlf(text: string): string {
  return toLf(text).replaceAll("\n", "\r\n");
}

/** Offsets of the occurrences, none overlapping another. */
function placesOf(text: string, part: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) places.push(at);
  return places;
}

function refused(problem: string): Replaced {
  return { ok: false, problem };
}

function ambiguous(text: string, places: readonly number[]): string {
  const lines = places.slice(0, MAX_PLACES).map((at) => text.slice(0, at).split("\n").length);
  const more = places.length > MAX_PLACES ? ", ..." : "";
  return `old_string stands in the file ${places.length} times (at lines ${lines.join(", ")}${more}). Give more of the lines around the one you mean, or set replace_all.`;
}

function notFound(text: string, old: string): string {
  const start = "old_string is not in the file. It must match exactly, white space included.";
  if (/⟪U\+[0-9A-F]{4,6}⟫/.test(old)) {
    return `${start} ⟪U+...⟫ is how Read shows an invisible character; choose a part of the file without one.`;
  }
  const unnumbered = old.replaceAll(/^ *\d+\t/gm, "");
  if (unnumbered !== old && text.includes(unnumbered)) {
    return `${start} The line numbers (and the tab behind them) that Read shows are not part of the file: leave them out.`;
  }
  const near = locateQuote(text, old);
  if (near === undefined) return `${start} Read the file again: it may have changed, also by your own edits.`;
  const lines = text.split("\n").slice(near.startLine - 1, Math.min(near.endLine, near.startLine - 1 + HINT_LINES));
  const found = showInvisible(lines.join("\n")).slice(0, HINT_LENGTH).toWellFormed();
  const where =
    near.startLine === near.endLine ? `Line ${near.startLine} is` : `Lines ${near.startLine}-${near.endLine} are`;
  const how = near.how === "whitespace" ? "the same but for white space" : "the most similar";
  return `${start} ${where} ${how}:\n${found}`;
}
