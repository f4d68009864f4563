import { visibleText } from "../../domain/visible-text.ts";

/**
 * One line of a file as a model sees it: invisible characters written out, a CR at the end left out and one in the middle written
 * out, and no more than `max` characters of it, from around `focus` (a 0-based column), with the elided parts counted.
 */
export function shownLine(line: string, max: number, focus = 0): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  const from = focus < max ? 0 : Math.max(0, Math.min(focus - Math.floor(max / 4), text.length - max));
  const part = text.slice(from, from + max).toWellFormed();
  const before = from > 0 ? `[... ${from} characters ...]` : "";
  const after = from + max < text.length ? `[... ${text.length - from - max} more characters ...]` : "";
  return before + visibleText(part).replaceAll("\r", "⟪U+000D⟫") + after;
}
