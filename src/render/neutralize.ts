import { showInvisible } from "../domain/visible-text.ts";
import { fence } from "./fence.ts";
import { neutralizeBlock } from "./neutralize-code.ts";
import { neutralizeInline } from "./neutralize-inline.ts";

const FENCE = /^\s*(`{3,}|~{3,})\s*([^`]*)$/;

/** GitHub draws or applies blocks in these languages; from strangers they are plain text. */
const ACTIVE_LANGUAGES = new Set(["suggestion", "mermaid", "math", "geojson", "topojson", "stl"]);

const BULLET = /^(\s*)([-*+]|\d{1,9}[.)])[ \t]+(?=\S)(.*)$/;
const RULE_OR_UNDERLINE = /^\s*(?:(?:-[ \t]*)+|(?:=[ \t]*)+|(?:\*[ \t]*)+|(?:_[ \t]*)+)$/;
const HEADING = /^\s*#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;
const ESCAPED_MARK = /\\(?=[-=*_])/g;
const BLOCK_START = /^([#+>-]|\d{1,9}(?=[.)]))/;

/**
 * Markdown that a model or a stranger wrote, made safe to post: paragraphs, flat and once nested lists, bold, code spans and
 * code blocks stay; links, images, HTML, headings, tables, quotes, math, mentions, references and commands become text or code,
 * invisible characters visible. No line can be read as part of what surrounds it. Idempotent; "" for blank text.
 */
export function neutralize(markdown: string): string {
  const blocks: string[] = [];
  const lines = showInvisible(markdown).split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const opening = FENCE.exec(line);
    if (opening === null) {
      blocks.push(neutralizeLine(line));
      continue;
    }
    const close = closingFence(lines, index, opening[1] ?? "");
    blocks.push(
      "",
      fence(
        neutralizeBlock(unindented(lines.slice(index + 1, close)).replace(/\n+$/, "")),
        languageOf(opening[2] ?? ""),
      ),
      "",
    );
    index = close;
  }
  const spaced = blocks.filter((block, index) => block !== "" || blocks[index - 1] !== "");
  return spaced.join("\n").replaceAll(/^\n+|\n+$/g, "");
}

/**
 * The text on one line, at most `limit` UTF-16 code units before escaping: for titles, list items and labels that we lay out. Keeps
 * code spans. Idempotent.
 */
export function inlineText(text: string, limit = 300): string {
  const line = showInvisible(text).replaceAll(/\s+/g, " ").trim();
  const short = line.length <= limit ? line : `${line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
  return escapeBlockStart(neutralizeInline(short, { bold: false }).replaceAll(/ {2,}/g, " "));
}

/** `inlineText` for a cell of a table, where a bar ends the cell even in a code span. */
export function tableCell(text: string, limit = 200): string {
  return inlineText(text, limit).replaceAll(/(?<!\\)\|/g, "\\|");
}

function neutralizeLine(line: string): string {
  if (line.trim() === "") return "";
  const heading = HEADING.exec(line)?.[1];
  if (heading !== undefined) return heading === "" ? "" : asBold(heading);
  const [, indent, mark, content] = BULLET.exec(line) ?? [];
  if (indent === undefined || mark === undefined || content === undefined || RULE_OR_UNDERLINE.test(line))
    return textLine(line.trim());
  const depth = indent.replaceAll("\t", "    ").length >= 2 ? "  " : "";
  return `${depth}${/^\d/.test(mark) ? mark : "-"} ${textLine(content.trim())}`;
}

/** A heading as a line in bold; as an ordinary line when something in it would have to be escaped. */
function asBold(heading: string): string {
  const text = neutralizeInline(heading, { bold: false });
  return /[*`\\]/.test(text) ? textLine(heading) : `**${text}**`;
}

function textLine(text: string): string {
  const safe = neutralizeInline(text, { bold: true });
  const plain = safe.replaceAll(ESCAPED_MARK, "");
  return RULE_OR_UNDERLINE.test(plain) ? plain.trim().replaceAll(/\S/g, "\\$&") : escapeBlockStart(safe);
}

/** The first character escaped when it would begin a heading, list or quote; `1.` becomes `1\.`. */
function escapeBlockStart(text: string): string {
  return text.replace(BLOCK_START, (start) => (/^\d/.test(start) ? `${start}\\` : `\\${start}`));
}

function closingFence(lines: readonly string[], opening: number, marks: string): number {
  const close = lines.findIndex((line, index) => {
    const match = index > opening ? FENCE.exec(line) : null;
    return match !== null && match[2] === "" && match[1]?.[0] === marks[0] && (match[1]?.length ?? 0) >= marks.length;
  });
  return close === -1 ? lines.length : close;
}

/** Without the white space that all lines have in front, as blocks in lists are indented. */
function unindented(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((line) => (line.trim() === "" ? "" : line.slice(indent))).join("\n");
}

function languageOf(words: string): string {
  const language = /^[A-Za-z0-9+#-]{1,20}/.exec(words.trim())?.[0]?.toLowerCase() ?? "";
  return ACTIVE_LANGUAGES.has(language) ? "text" : language;
}
