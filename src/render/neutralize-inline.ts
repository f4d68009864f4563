import { codeSpan } from "./fence.ts";
import { neutralizeCode } from "./neutralize-code.ts";

/** What GitHub or a browser would make a link of, with whatever follows it up to a space. */
const ADDRESS =
  /(?:[a-z][a-z0-9+.-]{0,30})?:\/\/[^\s`]+|\/\/(?=[\p{L}\p{N}-]{1,63}\.)[^\s`]+|www\.[^\s`]+|(?<!\w)(?:mailto|xmpp|data|javascript|vbscript|file|tel|sms|blob):[^\s`]+/iu;

/** `@name`, `@org/team`, `name@host`, `owner/repo@sha`: everything that is around an @ that a letter follows. */
const MENTION = /[\w.%+/~-]{0,100}@[\p{L}\p{N}_-][\w./-]{0,100}/u;

/** `#12`, `owner/repo#12`, `GH-12`. */
const REFERENCE = /(?:[\w.-]{1,100}\/[\w.-]{1,100})?#\d\w*|(?<!\w)GH-\d\w*/i;

const TOKEN = new RegExp([ADDRESS, MENTION, REFERENCE].map((pattern) => `(${pattern.source})`).join("|"), "giu");

const ESCAPABLE = /\\([!-/:-@[-`{-~])/g;
const SPECIAL = /[\\`<>[\]&$|*_~]/g;

/** Like SPECIAL, but two asterisks and no more are left to make text bold, which is all they can do. */
const SPECIAL_BUT_BOLD = /[\\`<>[\]&$|_~]|(?<!\*)\*(?!\*)|\*{3,}/g;

/** Keeps words of a command away from the start of a line, where robots look for them. */
const COMMAND =
  /^(?:\/[\w-]+|(?:bors|homu|retest|recheck|jenkins|rebase|azp|cursor review|bugbot run|ok to test|run tests?)\b)/i;

/**
 * One line of a stranger's Markdown with nothing left that acts: no link, image, HTML, mention, reference, footnote, math
 * or command. Code spans stay, `**bold**` stays when `bold` is true, addresses and mentions become code spans (the address
 * without scheme and path), everything else is text. Idempotent; the result has no line break and never ends in an open escape.
 */
export function neutralizeInline(line: string, options: { readonly bold: boolean }): string {
  let out = "";
  const add = (piece: string): void => {
    // Two code spans side by side would read as one, and swallow or free what stands behind them.
    out += piece.startsWith("`") && out.endsWith("`") ? ` ${piece}` : piece;
  };
  for (const { text, isCode } of splitCodeSpans(line)) {
    if (isCode) {
      add(codeSpan(neutralizeCode(text)));
      continue;
    }
    const plain = text.replaceAll(ESCAPABLE, "$1");
    for (const piece of plainPieces(out === "" ? plain.trimStart() : plain, out === "", options.bold)) add(piece);
  }
  return out.trim();
}

type Segment = { readonly text: string; readonly isCode: boolean };

/** The line cut at its code spans as CommonMark finds them: a run of backticks ends at the next run of the same length. */
function splitCodeSpans(line: string): readonly Segment[] {
  const segments: Segment[] = [];
  const marks = /\\[!-/:-@[-`{-~]|`+/g;
  let start = 0;
  for (let match = marks.exec(line); match !== null; match = marks.exec(line)) {
    const [run] = match;
    if (run.startsWith("\\")) continue;
    const close = closingRun(line, marks.lastIndex, run.length);
    if (close === undefined) continue;
    segments.push({ text: line.slice(start, match.index), isCode: false });
    segments.push({ text: unpadded(line.slice(marks.lastIndex, close)), isCode: true });
    start = close + run.length;
    marks.lastIndex = start;
  }
  segments.push({ text: line.slice(start), isCode: false });
  return segments;
}

function closingRun(line: string, from: number, length: number): number | undefined {
  for (const match of line.slice(from).matchAll(/`+/g)) if (match[0].length === length) return from + match.index;
  return undefined;
}

function unpadded(code: string): string {
  return /^ .*[^ ].* $/.test(code) ? code.slice(1, -1) : code;
}

function plainPieces(text: string, isLineStart: boolean, bold: boolean): readonly string[] {
  const command = isLineStart ? (COMMAND.exec(text)?.[0] ?? "") : "";
  const rest = text.slice(command.length);
  const pieces = [codeSpan(neutralizeCode(command))];
  let start = 0;
  for (const match of rest.matchAll(TOKEN)) {
    pieces.push(escaped(rest.slice(start, match.index), bold), inert(match));
    start = match.index + match[0].length;
  }
  return [...pieces, escaped(rest.slice(start), bold)].filter((piece) => piece !== "");
}

function inert([whole, address]: RegExpMatchArray): string {
  return codeSpan(neutralizeCode(address === undefined ? whole : hostOf(address)));
}

/** `example[.]com/…` for an address with a host, the scheme alone for one without. */
function hostOf(address: string): string {
  const host = /^(?:[^:/]*:)?\/\/([^/?#]*)|^(www\.[^/?#]*)/i.exec(address);
  if (host === null) return `${address.slice(0, address.indexOf(":"))}: …`;
  const name = (host[1] ?? host[2] ?? "").replace(/^.*@/, "");
  const rest = address.slice(host[0].length) === "" ? "" : "/…";
  return name === "" ? "…" : `${name.replaceAll(/\[?\.\]?/g, "[.]")}${rest}`;
}

function escaped(text: string, bold: boolean): string {
  return text
    .replaceAll(bold ? SPECIAL_BUT_BOLD : SPECIAL, (special) => special.replaceAll(/./g, "\\$&"))
    .replaceAll("\\<!", "\\<\\!");
}
