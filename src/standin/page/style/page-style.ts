/** Colours of both schemes, and what every page has: top bar, title, tabs, boxes, lists, labels. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --fg: light-dark(#1f2328, #f0f6fc); --muted: light-dark(#59636e, #9198a1); --bg: light-dark(#ffffff, #0d1117);
  --inset: light-dark(#f6f8fa, #151b23); --border: light-dark(#d1d9e0, #3d444d); --soft: light-dark(#d1d9e0b3, #3d444db3);
  --link: light-dark(#0969da, #4493f8); --accent-bg: light-dark(#ddf4ff, #388bfd1a); --neutral-bg: light-dark(#818b981f, #656c7633);
  --green: light-dark(#1a7f37, #3fb950); --green-solid: light-dark(#1f883d, #238636); --red: light-dark(#d1242f, #f85149);
  --red-solid: light-dark(#cf222e, #da3633); --purple: light-dark(#8250df, #ab7df8); --purple-solid: light-dark(#8250df, #8957e5);
  --yellow: light-dark(#9a6700, #d29922); --grey-solid: light-dark(#59636e, #656c76);
  --add-bg: light-dark(#dafbe1, #2ea04326); --add-num: light-dark(#aceebb, #3fb9504d); --del-bg: light-dark(#ffebe9, #f851491a);
  --del-num: light-dark(#ffcecb, #f851494d); --mark: light-dark(#fff8c5, #bb800926); --mark-num: light-dark(#f5e39c, #bb800966);
  --hl-k: light-dark(#cf222e, #ff7b72); --hl-s: light-dark(#0a3069, #a5d6ff); --hl-n: light-dark(#0550ae, #79c0ff);
  --hl-f: light-dark(#6639ba, #d2a8ff); --hl-t: light-dark(#953800, #ffa657);
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
* { box-sizing: border-box; }
html { scroll-padding-top: 60px; }
body {
  margin: 0; color: var(--fg); background: var(--bg); font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans",
  "Liberation Sans", Helvetica, Arial, sans-serif, "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji"; overflow-wrap: anywhere;
}
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
a.quiet { color: inherit; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; border-radius: 3px; }
h1, h2, h3, p, ul { margin: 0; padding: 0; }
ul { list-style: none; }
code, pre { font-family: var(--mono); font-size: 12px; }
.muted { color: var(--muted); }
.strong { color: var(--fg); font-weight: 600; font-size: 16px; }
.grow { flex: 1; min-width: 0; }
.icon { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; vertical-align: -3px; flex: none; }
.scroll { overflow-x: auto; }
summary { cursor: pointer; }
.top { display: flex; align-items: center; gap: 12px; padding: 14px 24px; background: var(--inset); border-bottom: 1px solid var(--border); }
.home { display: grid; place-items: center; width: 32px; height: 32px; flex: none; border-radius: 50%; background: var(--fg); color: var(--bg); }
.trail { display: flex; flex-wrap: wrap; gap: 6px; flex: 1; }
.trail a { color: var(--fg); }
.trail a:last-child { font-weight: 600; }
.stand-in { color: var(--muted); font-size: 12px; border: 1px solid var(--border); border-radius: 2em; padding: 1px 8px; white-space: nowrap; }
main { max-width: 1280px; margin: 0 auto; padding: 24px; }
h1 { font-size: 30px; font-weight: 400; line-height: 1.25; }
.number { color: var(--muted); font-weight: 300; }
.meta { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin: 10px 0 18px; }
.meta strong { font-weight: 600; }
code.ref { color: var(--link); background: var(--accent-bg); border-radius: 6px; padding: 2px 6px; }
.state { display: inline-flex; align-items: center; gap: 6px; padding: 5px 12px; border-radius: 2em; color: #fff; font-weight: 500; white-space: nowrap; }
.state.open { background: var(--green-solid); } .state.closed { background: var(--red-solid); }
.state.merged { background: var(--purple-solid); } .state.draft { background: var(--grey-solid); }
.tabs { display: flex; border-bottom: 1px solid var(--border); margin-bottom: 24px; overflow-x: auto; overflow-y: hidden; scrollbar-width: none; }
.tabs a { display: flex; align-items: center; gap: 8px; padding: 9px 16px; color: var(--fg); white-space: nowrap; border: 1px solid transparent; border-radius: 6px 6px 0 0; }
.tabs a .icon { color: var(--muted); }
.tabs a:hover { text-decoration: none; background: var(--neutral-bg); }
.tabs a[aria-current] { font-weight: 600; border-color: var(--border); border-bottom-color: var(--bg); background: var(--bg); margin-bottom: -1px; }
.counter { min-width: 20px; padding: 0 6px; border-radius: 2em; background: var(--neutral-bg); font-size: 12px; font-weight: 500; line-height: 18px; text-align: center; }
.stat { display: flex; align-items: center; gap: 4px; margin-left: auto; padding-left: 16px; font-size: 12px; font-weight: 600; white-space: nowrap; }
.stat .check-icon { margin-right: 6px; }
.added-count { color: var(--green); } .deleted-count { color: var(--red); }
.squares { display: inline-flex; gap: 1px; margin-left: 3px; }
.squares i { width: 8px; height: 8px; outline: 1px solid transparent; background: var(--neutral-bg); }
.squares i.added { background: var(--green-solid); } .squares i.deleted { background: var(--red-solid); }
.box { border: 1px solid var(--border); border-radius: 6px; background: var(--bg); min-width: 0; }
.box-head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; padding: 8px 16px; background: var(--inset); border-bottom: 1px solid var(--border); border-radius: 6px 6px 0 0; }
.label { display: inline-block; padding: 0 7px; border: 1px solid var(--border); border-radius: 2em; color: var(--muted); font-size: 12px; font-weight: 500; line-height: 18px; white-space: nowrap; }
.label.attention { color: var(--yellow); border-color: currentColor; }
.avatar { display: inline-grid; place-items: center; flex: none; width: 40px; height: 40px; border-radius: 50%; color: #fff; font-size: 14px; font-weight: 600; line-height: 1; }
.avatar.small { width: 20px; height: 20px; font-size: 9px; vertical-align: middle; }
.avatar.bot { border-radius: 6px; } .avatar.small.bot { border-radius: 4px; }
.hue-0 { background: #0969da; } .hue-1 { background: #1a7f37; } .hue-2 { background: #9a6700; } .hue-3 { background: #bc4c00; }
.hue-4 { background: #cf222e; } .hue-5 { background: #8250df; } .hue-6 { background: #bf3989; } .hue-7 { background: #57606a; }
.check-icon.success { color: var(--green); } .check-icon.failure { color: var(--red); } .check-icon.neutral { color: var(--muted); }
.check-icon.running, .check-icon.attention { color: var(--yellow); }
.check-icon .icon { stroke-width: 2; }
.blank { text-align: center; padding: 64px 16px; border: 1px solid var(--border); border-radius: 6px; }
.blank .icon { width: 32px; height: 32px; color: var(--muted); }
.index, .run > .box { margin-bottom: 24px; }
.index h2 { display: flex; align-items: center; gap: 8px; padding: 16px; font-size: 16px; background: var(--inset); border-radius: 6px 6px 0 0; }
.index li { display: flex; align-items: center; gap: 12px; padding: 12px 16px; border-top: 1px solid var(--border); }
.run h1 { margin-bottom: 20px; }
@media (max-width: 767px) {
  main { padding: 16px; }
  .top { padding: 10px 16px; }
  .stand-in { display: none; }
  h1 { font-size: 24px; }
  .tabs { margin-left: -16px; margin-right: -16px; padding: 0 8px; }
  .tabs a { padding: 9px 10px; }
  .tabs a .icon, .tabs .stat { display: none; }
  .index li:has(.state) { align-items: flex-start; flex-direction: column; gap: 8px; }
}
`;
