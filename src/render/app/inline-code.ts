import { markup, type Markup } from "./markup.ts";

/** Prose of a model: what it set in backticks as code, everything else as the plain text that it is. */
export function inlineCode(text: string): readonly Markup[] {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part) =>
      part.length > 2 && part.startsWith("`") && part.endsWith("`")
        ? markup`<code>${part.slice(1, -1)}</code>`
        : markup`${part}`,
    );
}
