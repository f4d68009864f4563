import { createHash } from "node:crypto";

import { visibleText } from "../domain/visible-text.ts";

/**
 * Text written by strangers, fenced as data: everything between the two boundary lines is content, whatever it says.
 * Invisible characters in it are written out. The boundary depends on the text alone (so a run can be repeated byte for byte) and is never part of it.
 */
export function quoteUntrusted(label: string, text: string): string {
  const shown = visibleText(text);
  const boundary = boundaryFor(shown);
  return `<${boundary} ${JSON.stringify(visibleText(label))}>\n${shown}\n</${boundary}>`;
}

function boundaryFor(text: string): string {
  for (let salt = 0; ; salt++) {
    const boundary = `data-${createHash("sha256").update(`${salt}\n${text}`).digest("hex").slice(0, 12)}`;
    if (!text.includes(boundary)) return boundary;
  }
}
