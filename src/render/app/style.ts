/** Colours of both schemes, and everything the pages have. Contrast of text is at least 4.5 to 1 in both. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --fg: light-dark(#1b1f27, #e8ebf1); --muted: light-dark(#566072, #9ba5b7); --bg: light-dark(#ffffff, #101319);
  --inset: light-dark(#f5f6f9, #171b23); --border: light-dark(#d9dde5, #2e3542); --accent: light-dark(#3b49c9, #97a5ff);
  --accent-soft: light-dark(#eceefc, #232a4d); --on-accent: light-dark(#ffffff, #10131f);
  --green: light-dark(#19703a, #55c27d); --green-soft: light-dark(#e2f4e8, #14301f);
  --red: light-dark(#b3261e, #ff8a80); --red-soft: light-dark(#fdeae8, #3a1917);
  --amber: light-dark(#855300, #e6b04d); --amber-soft: light-dark(#fdf1d8, #35280f);
  --blue: light-dark(#0b5cad, #74b3ff); --blue-soft: light-dark(#e3f0fd, #12283f);
  --grey-soft: light-dark(#e9ebf0, #272d38);
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--fg); background: var(--bg); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
h1, h2, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 26px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 17px; font-weight: 650; margin-bottom: 10px; }
a { color: var(--accent); text-underline-offset: 2px; }
code, pre { font-family: var(--mono); font-size: 0.87em; }
:is(p, li, dd, .title) > code { background: var(--grey-soft); border-radius: 4px; padding: 1px 4px; }
pre { margin: 8px 0; padding: 10px 12px; overflow-x: auto; background: var(--inset); border: 1px solid var(--border); border-radius: 6px; white-space: pre; }
:is(a, button, input, select, summary, pre, main):focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.muted, .by { color: var(--muted); }
.small { font-size: 13px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.scroll { overflow-x: auto; }
.skip { position: absolute; left: 8px; top: -60px; padding: 8px 12px; background: var(--accent); color: var(--on-accent); z-index: 1; }
.skip:focus { top: 8px; }

.top { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 24px; padding: 10px 28px; background: var(--inset); border-bottom: 1px solid var(--border); }
.home { display: flex; align-items: center; gap: 9px; color: var(--fg); font-weight: 650; text-decoration: none; }
.mark { width: 16px; height: 16px; border-radius: 3px; background: linear-gradient(var(--accent) 0 0) 0 0 / 100% 3px, linear-gradient(var(--accent) 0 0) 0 50% / 62% 3px, linear-gradient(var(--accent) 0 0) 0 100% / 82% 3px; background-repeat: no-repeat; }
.top nav { display: flex; gap: 4px; flex: 1; }
.top nav a { padding: 5px 10px; border-radius: 6px; color: var(--fg); text-decoration: none; }
.top nav a:hover { background: var(--grey-soft); }
.top nav a[aria-current] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
.viewer { display: flex; align-items: center; gap: 10px; color: var(--muted); font-size: 13px; margin-left: auto; }

main { max-width: 1120px; margin: 0 auto; padding: 28px 28px 64px; }
section { margin-top: 34px; }
.meta { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 14px; margin-top: 8px; color: var(--muted); }
.back { margin-bottom: 6px; }
.count { color: var(--muted); font-weight: 400; }
.callout { margin: 16px 0 0; padding: 10px 14px; border-left: 3px solid var(--amber); background: var(--amber-soft); border-radius: 0 6px 6px 0; white-space: pre-wrap; }
.notes li { padding: 8px 14px; margin-bottom: 6px; border-left: 3px solid var(--amber); background: var(--amber-soft); border-radius: 0 6px 6px 0; }
.blank { padding: 48px 16px; text-align: center; color: var(--muted); border: 1px dashed var(--border); border-radius: 8px; margin-top: 16px; }
.message { max-width: 560px; margin: 64px auto; display: grid; gap: 14px; }

button, .button { font: inherit; font-weight: 600; padding: 6px 14px; border: 1px solid transparent; border-radius: 6px; background: var(--accent); color: var(--on-accent); cursor: pointer; text-decoration: none; display: inline-block; }
button:hover, .button:hover { filter: brightness(1.08); }
button.danger { background: var(--bg); color: var(--red); border-color: currentColor; }
button.danger:hover { background: var(--red-soft); filter: none; }
button.quiet { background: none; border: 0; padding: 0; color: var(--accent); font-weight: 400; text-decoration: underline; }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; margin-top: 16px; }
.filters { display: grid; grid-template-columns: 2fr 1.2fr 1fr 1fr auto; gap: 12px; align-items: end; margin: 18px 0 22px; }
.filters label { display: grid; gap: 4px; font-size: 13px; color: var(--muted); min-width: 0; }
.filters .buttons { display: flex; align-items: center; gap: 12px; white-space: nowrap; }
input, select { font: inherit; color: var(--fg); background: var(--bg); border: 1px solid light-dark(#8a93a3, #6a7487); border-radius: 6px; padding: 5px 9px; width: 100%; min-width: 0; height: 36px; }

table { width: 100%; border-collapse: collapse; }
caption { text-align: left; color: var(--muted); font-size: 13px; padding-bottom: 4px; }
th, td { text-align: left; padding: 9px 12px 9px 0; border-bottom: 1px solid var(--border); vertical-align: top; }
th { font-size: 13px; font-weight: 600; color: var(--muted); white-space: nowrap; }
.figure { text-align: right; font-variant-numeric: tabular-nums; }
td.figure, time { white-space: nowrap; }
:is(th, td):last-child { padding-right: 0; }
td .by { display: block; font-size: 13px; }
td.what a { font-weight: 600; }
.badge { display: inline-block; padding: 1px 9px; border-radius: 20px; font-size: 13px; font-weight: 600; white-space: nowrap; background: var(--grey-soft); color: var(--muted); }
.badge:is(.done, .reviewed) { background: var(--green-soft); color: var(--green); }
.badge.running { background: var(--blue-soft); color: var(--blue); }
.badge:is(.waiting, .partial, .out-of-budget) { background: var(--amber-soft); color: var(--amber); }
.badge:is(.failed, .failure) { background: var(--red-soft); color: var(--red); }
.pages { display: flex; gap: 16px; justify-content: center; margin-top: 20px; }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin-top: 22px; }
.tiles div { padding: 12px 16px; background: var(--inset); border: 1px solid var(--border); border-radius: 8px; }
.tiles dt { font-size: 13px; color: var(--muted); }
.tiles dd { font-size: 22px; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.3; }
.tiles .more { display: block; font-size: 13px; font-weight: 400; color: var(--muted); line-height: 1.4; }

.chart { display: block; overflow: hidden; }
.chart text { font-size: 12px; fill: var(--fg); }
.chart .tick { fill: var(--muted); }
.chart .grid { stroke: var(--border); stroke-width: 1; }
.chart .track { fill: var(--grey-soft); opacity: 0.6; }
.chart .slot { fill: transparent; }
.chart .name { paint-order: stroke; stroke: var(--bg); stroke-width: 4px; stroke-linejoin: round; }
.bar { fill: var(--muted); }
.bar.done { fill: light-dark(#4f5fe0, #8795ff); } .bar.running { fill: light-dark(#1a8fe3, #74b3ff); }
.bar:is(.out-of-budget, .refused, .cancelled) { fill: light-dark(#d18a12, #e6b04d); } .bar.failed { fill: light-dark(#d33a30, #ff8a80); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-bottom: 10px; font-size: 13px; color: var(--muted); }
.legend li::before { content: ""; display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; background: light-dark(#4f5fe0, #8795ff); }
.legend .running::before { background: light-dark(#1a8fe3, #74b3ff); } .legend .out-of-budget::before { background: light-dark(#d18a12, #e6b04d); }
.legend .failed::before { background: light-dark(#d33a30, #ff8a80); }

.findings { border: 1px solid var(--border); border-radius: 8px; }
.findings li + li { border-top: 1px solid var(--border); }
.findings summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 12px; padding: 10px 16px; cursor: pointer; }
.findings summary:hover { background: var(--inset); }
.findings .title { flex: 1 1 300px; font-weight: 600; }
.findings .place { color: var(--muted); }
.findings .body { padding: 2px 16px 14px; display: grid; gap: 8px; min-width: 0; }
.severity { flex: none; width: 64px; font-size: 13px; font-weight: 700; color: var(--muted); }
.severity.critical, .severity.high { color: var(--red); } .severity.medium { color: var(--amber); } .severity.low { color: var(--blue); }
.severity.critical { text-decoration: underline; text-underline-offset: 3px; }
.prose { white-space: pre-wrap; max-width: 78ch; }
.label { font-weight: 600; }
details > summary { cursor: pointer; }
.paths { columns: 2 320px; padding: 10px 0; }
#read-files { margin-top: 12px; }

.turns { display: grid; gap: 16px; margin-top: 20px; }
.turns > li, .letters > li { padding: 16px 20px; border: 1px solid var(--border); border-radius: 8px; min-width: 0; }
.turns h2, .letters h2 { margin-bottom: 0; }
.turns .prose { margin-top: 10px; }
.call { margin-top: 12px; } .call pre { white-space: pre-wrap; }
.letters { display: grid; gap: 16px; margin-top: 20px; }
.choices { display: flex; gap: 4px; margin: 12px 0; }
.choices a { padding: 4px 10px; border-radius: 6px; text-decoration: none; }
.choices a[aria-current] { background: var(--accent-soft); font-weight: 600; }
.total { font-size: 17px; } .total strong { font-size: 26px; }
.costs { margin-top: 18px; }

@media (max-width: 820px) {
  .filters { grid-template-columns: 1fr 1fr; }
}
@media (max-width: 640px) {
  main { padding: 18px 16px 48px; }
  .top { padding: 8px 16px; gap: 4px 12px; }
  .top nav { order: 3; flex-basis: 100%; margin: 0 -10px; }
  h1 { font-size: 22px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 8px; }
  .tiles div { padding: 10px 12px; } .tiles dd { font-size: 19px; }
  table.runs thead { display: none; }
  table.runs, .runs tbody, .runs caption:not(.hidden) { display: block; }
  .runs tr { display: flex; flex-wrap: wrap; gap: 2px 14px; padding: 12px 0; border-bottom: 1px solid var(--border); }
  .runs td { display: block; border: 0; padding: 0; text-align: left; }
  .runs td.what { flex-basis: 100%; }
  .runs td[data-name]::before { content: attr(data-name) " "; color: var(--muted); font-size: 13px; }
  .severity { width: auto; }
}
@media (prefers-contrast: more) { :root { --muted: var(--fg); --border: var(--fg); } }
@media print { .actions, .filters, .top nav, .viewer { display: none; } }
`;
