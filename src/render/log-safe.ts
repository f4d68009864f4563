/**
 * Text of anybody as it may stand in a log that a machine reads, on one line: the runner finds `::command::` behind any white
 * space and `##[command]` anywhere in a line, and a terminal obeys escapes and carriage returns. Controls (C0, C1, DEL), line and
 * paragraph separators and lone surrogates are written as `\u001b`, line feeds as `\n`, tabs stay. Idempotent.
 */
export function logSafe(text: string): string {
  return text
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll(/(?!\t)[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu, escapeUnit)
    .replaceAll(/:(?=:)/g, ": ")
    .replaceAll(/#(?=#\[)/g, "# ")
    .replaceAll(/##(?=\[)/g, "# #")
    .replaceAll(/#(?=\[)/g, "# ");
}

/** `logSafe` line by line, for text of several lines. */
export function logSafeLines(text: string): string {
  return text.replaceAll("\r\n", "\n").split("\n").map(logSafe).join("\n");
}

function escapeUnit(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
