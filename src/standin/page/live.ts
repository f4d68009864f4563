import { createHash } from "node:crypto";

import { markup, type Markup } from "./markup.ts";

/**
 * A part of a page that is exchanged when what it shows has changed.
 * @param id unique on the page and the same from one rendering to the next
 */
export function liveBlock(id: string, className: string, content: Markup): Markup {
  return markup`<div class="${className}" id="${id}" data-version="${versionOf(content.text)}">${content}</div>`;
}

/** Tells renderings apart by what they say, but for how long ago something was. */
export function versionOf(html: string): string {
  const still = html.replaceAll(/(<time[^>]*>)[^<]*/g, "$1");
  return createHash("sha256").update(still).digest("base64url").slice(0, 16);
}

/** Milliseconds between two looks. */
const PAUSE = 1500;

/**
 * Asks for the page again while somebody looks at it, and exchanges the blocks that changed: what did not change never moves, so folds,
 * selection and scroll positions stay. `?since=` is answered 204 while nothing changed. Without JavaScript the page stands still.
 */
export const LIVE_SCRIPT = `
(() => {
  const box = document.getElementById("live");
  const exchange = (next) => {
    let at = box.firstElementChild;
    for (const fresh of [...next.children]) {
      const old = document.getElementById(fresh.id);
      const same = old && old.dataset.version === fresh.dataset.version;
      if (old && !same) {
        if (old === at) at = at.nextElementSibling;
        old.remove();
      }
      if (same && old === at) at = at.nextElementSibling;
      else box.insertBefore(same ? old : fresh, at);
    }
    while (at) {
      const after = at.nextElementSibling;
      at.remove();
      at = after;
    }
    box.dataset.version = next.dataset.version;
  };
  const look = async () => {
    if (document.hidden) return;
    const response = await fetch(location.pathname + "?since=" + box.dataset.version);
    if (response.status !== 200) return;
    const next = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live");
    if (next) exchange(next);
  };
  const loop = () => look().then(() => ${String(PAUSE)}, () => 10000).then((pause) => setTimeout(loop, pause));
  setTimeout(loop, ${String(PAUSE)});
})();
`.trim();
