import { createHash } from "node:crypto";

import { markup, type Markup } from "./markup.ts";

/**
 * A part of a page that is exchanged when what it shows has changed.
 * @param id unique on the page and the same from one rendering to the next
 */
export function liveBlock(id: string, content: Markup): Markup {
  const version = createHash("sha256").update(content.toString()).digest("base64url").slice(0, 16);
  return markup`<div class="block" id="${id}" data-version="${version}">${content}</div>`;
}
