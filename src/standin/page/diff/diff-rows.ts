import { createHash } from "node:crypto";

import type { StandinHunkLine } from "../../github/model-diff.ts";
import { markup, type Markup } from "../markup.ts";
import { highlight } from "./highlight.ts";

/** The id GitHub gives a file in the diff, on which line anchors build: `diff-<sha256 of the path>`. */
export function fileAnchor(path: string): string {
  return `diff-${createHash("sha256").update(path).digest("hex")}`;
}

const MARKERS = { added: "+", deleted: "-", context: " ", note: "" } as const;

/** One line of a diff as a table row: number in the base, number in the head, text. @param anchor id prefix; none if not given. */
export function diffRow(
  line: StandinHunkLine,
  language: string,
  options: { anchor?: string; marked?: boolean } = {},
): Markup {
  const { anchor, marked = false } = options;
  if (line.kind === "note")
    return markup`<tr class="note"><td class="num"></td><td class="num"></td><td class="code">${line.text.trim()}</td></tr>`;
  const isOld = line.kind === "deleted";
  const id =
    anchor === undefined
      ? undefined
      : markup` id="${anchor}${isOld ? "L" : "R"}${(isOld ? line.oldLine : line.newLine) ?? 0}"`;
  return markup`<tr class="${line.kind}${marked ? " marked" : ""}"${id}><td class="num">${line.oldLine}</td><td class="num">${line.newLine}</td><td class="code"><span class="marker">${MARKERS[line.kind]}</span>${highlight(line.text, language)}</td></tr>`;
}

export function hunkRow(header: string): Markup {
  return markup`<tr class="hunk"><td class="num" colspan="2">…</td><td class="code">${header}</td></tr>`;
}
