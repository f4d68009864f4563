import { highlight } from "../diff/highlight.ts";
import { markup, type Markup } from "../markup.ts";

/** The lines of the head version that a review comment stands on. */
export interface CommentedLines {
  /** 1-based number of the first. */
  readonly startLine: number;
  readonly lines: readonly string[];
  /** Key of the syntax colours: a file extension without the dot. */
  readonly language: string;
}

/** A `suggestion` block as GitHub shows it: the commented lines out, the suggested ones in. An empty suggestion deletes them. */
export function suggestedChange(suggestion: string, { startLine, lines, language }: CommentedLines): Markup {
  const added = suggestion === "" ? [] : suggestion.split("\n");
  const row =
    (kind: "added" | "deleted", marker: string) =>
    (line: string, index: number): Markup => {
      const number = startLine + index;
      const numbers =
        kind === "deleted"
          ? markup`<td class="num">${number}</td><td class="num"></td>`
          : markup`<td class="num"></td><td class="num">${number}</td>`;
      return markup`<tr class="${kind}">${numbers}<td class="code"><span class="marker">${marker}</span>${highlight(line, language)}</td></tr>`;
    };
  return markup`<div class="suggestion"><div class="suggestion-title">Suggested change</div><div class="scroll"><table class="diff">${lines.map(row("deleted", "-"))}${added.map(row("added", "+"))}</table></div></div>`;
}
