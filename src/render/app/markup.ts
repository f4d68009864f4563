import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

import { showInvisible } from "../../domain/visible-text.ts";

/** HTML that is safe to send. Only {@link markup} makes it. */
export type Markup = HtmlEscapedString;

/** undefined is nothing; a list is its parts in order. No objects: what comes from outside cannot pose as markup. */
type MarkupValue = string | number | Markup | undefined | readonly MarkupValue[];

/**
 * A template of HTML. Every string put into it is escaped and has its invisible characters written out, whoever wrote it; what is
 * markup already goes in as it is.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  const written = html(strings, ...values.map(visible));
  if (written instanceof Promise) throw new Error("a template of a page takes nothing that has to be waited for");
  return written;
}

function visible(value: MarkupValue): unknown {
  if (typeof value === "string") return showInvisible(value);
  return Array.isArray(value) ? value.map((each: MarkupValue) => visible(each)) : value;
}
