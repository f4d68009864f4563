/** HTML that is safe to send as it is. Only {@link markup} and {@link trusted} make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type MarkupValue = string | number | Markup | undefined | readonly MarkupValue[];

/** A template of HTML: a value is escaped unless it is markup itself; undefined is nothing, a list is its parts in order. */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  const text = strings.reduce((before, string, index) => `${before}${write(values[index - 1])}${string}`);
  return new Markup(text);
}

/** Vouches for HTML that was escaped or sanitized elsewhere. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function write(value: MarkupValue): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(write).join("");
  return escapeHtml(String(value));
}
