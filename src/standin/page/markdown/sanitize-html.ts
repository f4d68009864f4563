import { escapeHtml, trusted, type Markup } from "../markup.ts";
import { allowedAttribute, safeAddress, treatmentOf } from "./allowed-html.ts";
import { tokenizeHtml, type HtmlToken } from "./html-tokens.ts";

/** Elements inside one another; what is deeper loses its tags, as browsers flatten what nests too deep. */
const DEEPEST = 100;

export interface Sanitizing {
  /** Markup of ours that stands where the source has {@link slot} of its index. */
  readonly slots?: readonly Markup[];
  /** Makes markup of a run of text outside links and code; it is given and gives escaped HTML. */
  readonly linkText?: (escaped: string) => string;
}

/** Stands for the trusted markup of that index in text to sanitize. The source itself must hold no NUL. */
export function slot(index: number): string {
  return `\0${String(index)}\0`;
}

/**
 * Keeps of some HTML what GitHub keeps, and nothing else: known elements, known attributes with safe values, written anew and properly
 * nested, so that it can neither run anything nor end an element around it.
 */
export function sanitizeHtml(source: string, { slots = [], linkText }: Sanitizing = {}): Markup {
  const open: string[] = [];
  let out = "";
  const text = (raw: string): void => {
    const escaped = raw.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const isPlain = linkText === undefined || open.some((name) => ["a", "code", "pre", "tt", "samp"].includes(name));
    out += isPlain ? escaped : linkText(escaped);
  };
  const close = (name: string): void => {
    if (!open.includes(name)) return;
    while (open.length > 0) {
      const top = open.pop();
      out += `</${top ?? ""}>`;
      if (top === name) return;
    }
  };

  for (const token of tokenizeHtml(source)) {
    if (token.kind === "hidden") continue;
    if (token.kind === "text") {
      text(token.raw);
      continue;
    }
    const treatment = treatmentOf(token.name);
    if (treatment === "text") text(token.raw);
    else if (token.kind === "close") close(token.name);
    else if (token.name === "img") out += imageLink(token.attributes, open.includes("a"));
    else if (treatment === "void") out += `<${token.name}>`;
    else if (treatment === "element" && open.length < DEEPEST) {
      // Links in links are the one misnesting a browser would mend by moving elements about.
      if (token.name === "a") close("a");
      out += openTag(token);
      open.push(token.name);
    }
  }
  while (open.length > 0) out += `</${open.pop() ?? ""}>`;
  // oxlint-disable-next-line no-control-regex
  return trusted(out.replaceAll(/\0(\d+)\0/g, (_, index) => slots[Number(index)]?.text ?? "").replaceAll("\0", ""));
}

function openTag({ name, attributes }: Extract<HtmlToken, { kind: "open" }>): string {
  const kept = [...attributes].flatMap(([key, value]) => {
    const allowed = allowedAttribute(name, key, value);
    return allowed === undefined ? [] : [` ${key}="${attributeText(allowed)}"`];
  });
  const relation = name === "a" ? ' rel="nofollow noopener"' : "";
  return `<${name}${kept.join("")}${relation}>`;
}

/** A picture is a request to elsewhere, so it becomes a link that says what it shows. */
function imageLink(attributes: ReadonlyMap<string, string>, inLink: boolean): string {
  const address = safeAddress(attributes.get("src") ?? "");
  const label = attributeText(attributes.get("alt")?.trim() || "image");
  return address === undefined || address === "" || inLink
    ? label
    : `<a href="${attributeText(address)}" rel="nofollow noopener">${label}</a>`;
}

/** No slot is ever filled inside a tag. */
function attributeText(value: string): string {
  return escapeHtml(value.replaceAll("\0", ""));
}
