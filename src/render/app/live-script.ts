/**
 * Listens for new renderings of the page's content and exchanges the live blocks that differ: what did not change never moves, so
 * selection, scroll position and keyboard focus stay. Open details stay open, and focus returns to the same control. Without JavaScript the
 * page stands still and reloading it does the same.
 */
export const LIVE_SCRIPT = `
(() => {
  const main = document.getElementById("main");
  const source = new EventSource(main.dataset.events);
  const exchange = (old, fresh) => {
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    for (const open of old.querySelectorAll("details[id][open]")) {
      const same = fresh.querySelector("details[id='" + CSS.escape(open.id) + "']");
      if (same) same.open = true;
    }
    old.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };
  source.addEventListener("content", (event) => {
    const next = new DOMParser().parseFromString(event.data, "text/html");
    for (const fresh of [...next.querySelectorAll(".block[id]")]) {
      const old = document.getElementById(fresh.id);
      if (old && old.dataset.version !== fresh.dataset.version) exchange(old, document.adoptNode(fresh));
    }
  });
  source.addEventListener("over", () => source.close());
})();
`.trim();
