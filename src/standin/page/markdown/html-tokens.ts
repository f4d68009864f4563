/** A piece of HTML text. `tag` attribute values are as a browser would read them, with the references we know decoded. */
export type HtmlToken =
  | { readonly kind: "text"; readonly raw: string }
  | {
      readonly kind: "open";
      readonly raw: string;
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
    }
  | { readonly kind: "close"; readonly raw: string; readonly name: string }
  | { readonly kind: "hidden" };

/** What a browser drops or reads as a comment: `<!-- -->`, `<!doctype>`, `<?php ?>`, CDATA, and `</` before anything but a letter. */
const HIDDEN: readonly (readonly [start: string, end: RegExp])[] = [
  ["<!-->", /(?:)/g],
  ["<!--->", /(?:)/g],
  ["<!--", /--!?>/g],
  ["<![CDATA[", /\]\]>/g],
  ["<!", />/g],
  ["<?", />/g],
];

const TAG_START = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)(?=[\s/>])/y;
const ATTRIBUTE = /[\s/]*(?:([^\s/>="'<]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?)/y;
const TAG_END = /[\s/]*>/y;

/**
 * Splits HTML into tags and text. What is not a whole tag is text, so that nothing a browser could read as a tag passes unseen:
 * whoever prints the tokens escapes every `<` of a text.
 */
export function* tokenizeHtml(source: string): Generator<HtmlToken, void> {
  let at = 0;
  let textStart = 0;
  while (at < source.length) {
    const next = source.indexOf("<", at);
    if (next < 0) break;
    const token = readHidden(source, next) ?? readTag(source, next);
    if (token === undefined) {
      at = next + 1;
      continue;
    }
    if (next > textStart) yield { kind: "text", raw: source.slice(textStart, next) };
    yield token.token;
    at = token.end;
    textStart = at;
  }
  if (textStart < source.length) yield { kind: "text", raw: source.slice(textStart) };
}

interface Read {
  readonly token: HtmlToken;
  readonly end: number;
}

function readHidden(source: string, at: number): Read | undefined {
  const [start, end] = HIDDEN.find(([prefix]) => source.startsWith(prefix, at)) ?? [];
  if (start === undefined || end === undefined) return undefined;
  end.lastIndex = at + start.length;
  return { token: { kind: "hidden" }, end: end.test(source) ? end.lastIndex : source.length };
}

function readTag(source: string, at: number): Read | undefined {
  TAG_START.lastIndex = at;
  const start = TAG_START.exec(source);
  if (start === null) return undefined;
  const name = (start[2] ?? "").toLowerCase();
  const attributes = new Map<string, string>();
  let end = TAG_START.lastIndex;
  for (;;) {
    TAG_END.lastIndex = end;
    if (TAG_END.test(source)) break;
    ATTRIBUTE.lastIndex = end;
    const match = ATTRIBUTE.exec(source);
    if (match === null) return undefined;
    end = ATTRIBUTE.lastIndex;
    const key = (match[1] ?? "").toLowerCase();
    if (!attributes.has(key)) attributes.set(key, decodeReferences(match[2] ?? match[3] ?? match[4] ?? ""));
  }
  end = TAG_END.lastIndex;
  const raw = source.slice(at, end);
  return { token: start[1] === "/" ? { kind: "close", raw, name } : { kind: "open", raw, name, attributes }, end };
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Decodes numeric references and the six names above. Any other name stays, and is text once the `&` is escaped again. */
function decodeReferences(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));?/g,
    (whole, decimal, hex, name) => {
      if (typeof name === "string") return NAMED[name] ?? whole;
      const code = typeof hex === "string" ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10_ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : "\ufffd";
    },
  );
}
