import { markup, type Markup } from "./markup.ts";

/** A page that says one thing and offers one way on. */
export function messagePage(
  title: string,
  text: string,
  way?: { readonly href: string; readonly text: string },
): Markup {
  return markup`<div class="message"><h1>${title}</h1><p>${text}</p>${way === undefined ? undefined : markup`<p><a class="button" href="${way.href}">${way.text}</a></p>`}</div>`;
}
