/**
 * The HTML that GitHub leaves in Markdown, but images, which would be requests to elsewhere:
 * https://github.com/gjtorikian/html-pipeline/blob/main/lib/html_pipeline/sanitization_filter.rb
 */
const ELEMENTS = new Set(
  `h1 h2 h3 h4 h5 h6 b i strong em a pre code tt div ins del sup sub p ol ul table thead tbody tfoot blockquote dl dt dd kbd q samp var
  ruby rt rp li tr td th s strike summary details caption figure figcaption abbr bdo cite dfn mark small span time`.split(
    /\s+/,
  ),
);

const VOID_ELEMENTS = new Set(["br", "hr", "wbr"]);

const EVERYWHERE = new Set([
  "align",
  "colspan",
  "dir",
  "open",
  "reversed",
  "rowspan",
  "start",
  "title",
  "valign",
  "width",
  "height",
]);

/** Elements whose tags GitHub shows as text instead of dropping them: https://github.github.com/gfm/#disallowed-raw-html-extension- */
const SHOWN_AS_TEXT = new Set("title textarea style xmp iframe noembed noframes script plaintext".split(" "));

export type Treatment = "element" | "void" | "text" | "drop";

/** What becomes of a tag by its name in lower case. */
export function treatmentOf(name: string): Treatment {
  if (ELEMENTS.has(name)) return "element";
  if (VOID_ELEMENTS.has(name)) return "void";
  return SHOWN_AS_TEXT.has(name) ? "text" : "drop";
}

/** The value an attribute keeps, or undefined if it goes. Both are as a browser reads them, decoded. */
export function allowedAttribute(element: string, name: string, value: string): string | undefined {
  if (name === "href") return element === "a" ? safeAddress(value) : undefined;
  if (name === "datetime") return element === "time" ? value : undefined;
  return EVERYWHERE.has(name) ? value : undefined;
}

/** The address if a click on it cannot run code: http, https, mailto, or relative to the page. */
export function safeAddress(address: string): string | undefined {
  // Browsers drop these characters before they look for a scheme.
  // oxlint-disable-next-line no-control-regex
  const plain = address.replaceAll(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202e\ufeff]+/g, "");
  const scheme = /^([^/?#:]*):/.exec(plain)?.[1]?.toLowerCase();
  return scheme === undefined || ["http", "https", "mailto"].includes(scheme) ? plain : undefined;
}
