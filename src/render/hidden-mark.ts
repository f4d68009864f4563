import type { z } from "zod";

const SUFFIX = " -->";

/** Data of ours in a comment, as an HTML comment on one line; nothing in it can end the comment, mention anybody or refer to anything. */
export function printMark(name: string, value: unknown): string {
  const json = JSON.stringify(value)
    .replaceAll(/[<>@#&`]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
    .replaceAll(/-(?=-)/g, String.raw`\u002d`)
    // A dash at the end of a text would meet the quotation mark and is harmless; line separators would end the line.
    .replaceAll(/[\u0085\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `${prefix(name)}${json}${SUFFIX}`;
}

/**
 * The data of that name among the hidden lines that a comment's body ends with; undefined when there is none. Never throws. Whoever reads
 * it must check who wrote the comment: everybody can type it.
 */
export function parseMark<T>(body: string, name: string, schema: z.ZodType<T>): T | undefined {
  const start = prefix(name);
  const lines = body.trimEnd().split("\n");
  for (let line = lines.pop()?.trim(); line === "" || line?.startsWith("<!-- ") === true; line = lines.pop()?.trim()) {
    if (!line.startsWith(start) || !line.endsWith(SUFFIX)) continue;
    const value = schema.safeParse(parseJson(line.slice(start.length, -SUFFIX.length)));
    return value.success ? value.data : undefined;
  }
  return undefined;
}

function prefix(name: string): string {
  return `<!-- parallel-review:${name} `;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
