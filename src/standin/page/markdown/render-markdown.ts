import { Marked, type RendererObject, type Tokens } from "marked";

import { highlight } from "../diff/highlight.ts";
import { icon, type IconName } from "../icon.ts";
import { markup, type Markup } from "../markup.ts";
import { ganttPicture } from "./gantt-picture.ts";
import { parseGantt } from "./gantt.ts";
import { linkReferences, type ReferenceContext } from "./link-references.ts";
import { sanitizeHtml, slot } from "./sanitize-html.ts";
import { suggestedChange, type CommentedLines } from "./suggested-change.ts";

export interface MarkdownContext extends ReferenceContext {
  /** What a `suggestion` block would replace; without it the block is shown as code. */
  readonly commented?: CommentedLines | undefined;
}

/** Renders Markdown that anybody may have written, as GitHub does: GFM, the HTML GitHub allows, nothing that runs or loads. */
export function renderMarkdown(source: string, context: MarkdownContext): Markup {
  const slots: Markup[] = [];
  const place = (part: Markup): string => slot(slots.push(part) - 1);
  const marked = new Marked({ gfm: true, renderer: renderer(context, place) });
  const html = parse(marked, source.replaceAll("\0", "\ufffd"));
  if (html === undefined) return markup`<pre>${source}</pre>`;
  return sanitizeHtml(html, { slots, linkText: (escaped) => linkReferences(escaped, context) });
}

/** Undefined for text nested so deep that the parser gives up. */
function parse(marked: Marked, source: string): string | undefined {
  try {
    return marked.parse(source, { async: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function renderer(context: MarkdownContext, place: (part: Markup) => string): RendererObject {
  return {
    checkbox: ({ checked }) =>
      place(
        checked
          ? markup`<input type="checkbox" class="task" checked disabled aria-label="Completed task"> `
          : markup`<input type="checkbox" class="task" disabled aria-label="Incomplete task"> `,
      ),
    code: (token) => place(codeBlock(token, context)),
    blockquote({ tokens }) {
      const alert = takeAlert(tokens);
      const content = this.parser.parse(tokens);
      if (alert === undefined) return `<blockquote>${content}</blockquote>`;
      return `${place(alertStart(alert))}${content}${place(markup`</div>`)}`;
    },
  };
}

function codeBlock({ text, lang = "" }: Tokens.Code, { commented }: MarkdownContext): Markup {
  const language = (/^[\w+#.-]+/.exec(lang)?.[0] ?? "").toLowerCase();
  if (language === "suggestion" && commented !== undefined) return suggestedChange(text, commented);
  const gantt = language === "mermaid" ? parseGantt(text) : undefined;
  if (gantt !== undefined) return ganttPicture(gantt);
  if (language === "diff") return markup`<pre><code>${text.split("\n").map(diffLine)}</code></pre>`;
  const lines = text.split("\n").map((line) => markup`${highlight(line, language)}\n`);
  return markup`<pre><code>${lines}</code></pre>`;
}

function diffLine(line: string): Markup {
  if (line.startsWith("+")) return markup`<span class="ins">${line}</span>\n`;
  return line.startsWith("-") ? markup`<span class="del">${line}</span>\n` : markup`${line}\n`;
}

const ALERTS = {
  note: "info",
  tip: "tip",
  important: "comment",
  warning: "alert",
  caution: "alert",
} as const satisfies Record<string, IconName>;
type Alert = keyof typeof ALERTS;

/** `> [!NOTE]` on a line of its own starts an alert: https://docs.github.com/en/get-started/writing-on-github#alerts */
function takeAlert(tokens: Tokens.Blockquote["tokens"]): Alert | undefined {
  const [first] = tokens;
  if (first?.type !== "paragraph") return undefined;
  const [lead] = first.tokens ?? [];
  const [marker, name = ""] = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|$)/.exec(lead?.raw ?? "") ?? [];
  if (marker === undefined || lead?.type !== "text") return undefined;
  lead.text = String(lead.text).replace(/^\[![A-Z]+\]\s*/, "");
  lead.raw = lead.raw.slice(marker.length);
  return Object.keys(ALERTS).find((alert): alert is Alert => alert === name.toLowerCase());
}

function alertStart(alert: Alert): Markup {
  const name = `${alert.slice(0, 1).toUpperCase()}${alert.slice(1)}`;
  return markup`<div class="alert alert-${alert}"><p class="alert-title">${icon(ALERTS[alert])}${name}</p>`;
}
