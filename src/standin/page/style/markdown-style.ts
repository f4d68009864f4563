/** Rendered Markdown, suggestions and gantt charts in it. */
export const MARKDOWN_STYLE = `
.markdown { padding: 16px; }
.markdown > :first-child { margin-top: 0; } .markdown > :last-child { margin-bottom: 0; }
.markdown p, .markdown ul, .markdown ol, .markdown blockquote, .markdown pre, .markdown table, .markdown details, .markdown dl, .alert, .suggestion, .gantt { margin: 0 0 16px; }
.markdown h1, .markdown h2, .markdown h3, .markdown h4, .markdown h5, .markdown h6 { margin: 24px 0 16px; font-weight: 600; line-height: 1.25; }
.markdown h1 { font-size: 2em; } .markdown h2 { font-size: 1.5em; } .markdown h3 { font-size: 1.25em; } .markdown h4 { font-size: 1em; }
.markdown h5 { font-size: .875em; } .markdown h6 { font-size: .85em; color: var(--muted); }
.markdown h1, .markdown h2 { padding-bottom: .3em; border-bottom: 1px solid var(--soft); }
.markdown ul, .markdown ol { padding-left: 2em; }
.markdown ul { list-style: disc; } .markdown ul ul { list-style: circle; }
.markdown li > ul, .markdown li > ol, .markdown li > p:last-child { margin-bottom: 0; }
.markdown li + li { margin-top: .25em; }
.markdown li:has(> .task), .markdown li:has(> p:first-child > .task) { list-style: none; }
.task { margin: 0 .35em .2em -1.4em; vertical-align: middle; }
.markdown code { padding: .2em .4em; border-radius: 6px; background: var(--neutral-bg); font-size: 85%; white-space: break-spaces; }
.markdown pre { padding: 16px; overflow-x: auto; border-radius: 6px; background: var(--inset); line-height: 1.45; overflow-wrap: normal; }
.markdown pre code { padding: 0; background: none; font-size: 12px; white-space: pre; }
.markdown blockquote { padding: 0 1em; color: var(--muted); border-left: .25em solid var(--border); }
.markdown blockquote > :last-child { margin-bottom: 0; }
.markdown table { display: block; width: max-content; max-width: 100%; overflow-x: auto; border-collapse: collapse; overflow-wrap: normal; }
.markdown th, .markdown td { padding: 6px 13px; border: 1px solid var(--border); text-align: left; }
.markdown th { font-weight: 600; }
.markdown [align="right"] { text-align: right; } .markdown [align="center"] { text-align: center; }
.markdown tbody tr:nth-child(2n) { background: var(--inset); }
.markdown hr { height: .25em; margin: 24px 0; border: 0; background: var(--border); }
.markdown kbd { padding: 3px 5px; border: 1px solid var(--border); border-bottom-width: 2px; border-radius: 6px; background: var(--inset); font: 11px var(--mono); }
.markdown details > summary { margin-bottom: 8px; }
.markdown a { text-decoration: underline; text-underline-offset: .2em; }
.markdown .empty { color: var(--muted); }
.markdown sub, .markdown sup { font-size: 75%; line-height: 0; }
.mention { font-weight: 600; }
.alert { padding: 8px 16px; border-left: .25em solid var(--alert); }
.alert > :last-child { margin-bottom: 0; }
.alert-title { display: flex; align-items: center; gap: 8px; color: var(--alert); font-weight: 500; }
.alert-note { --alert: var(--link); } .alert-tip { --alert: var(--green); } .alert-important { --alert: var(--purple); }
.alert-warning { --alert: var(--yellow); } .alert-caution { --alert: var(--red); }
.suggestion { border: 1px solid var(--border); border-radius: 6px; overflow: clip; }
.suggestion-title { padding: 6px 12px; color: var(--muted); background: var(--inset); border-bottom: 1px solid var(--border); font-size: 12px; }
.markdown table.diff { display: table; width: 100%; max-width: none; margin: 0; }
.markdown .diff td { border: 0; padding: 0 10px; }
.markdown .diff tr:nth-child(2n) { background: none; }
.ins { color: var(--green); background: var(--add-bg); } .del { color: var(--red); background: var(--del-bg); }
.gantt svg { display: block; font-family: inherit; }
.gantt text { font-size: 11px; fill: var(--fg); }
.gantt .gantt-title { font-size: 15px; text-anchor: middle; }
.gantt .gantt-section { font-weight: 600; }
.gantt-band { fill: var(--inset); } .gantt-band.odd { fill: var(--bg); }
.gantt-grid { stroke: var(--border); stroke-width: 1; }
.gantt .gantt-tick { fill: var(--muted); text-anchor: middle; }
.gantt-bar { fill: light-dark(#8a90dd, #5059b8); }
.gantt-bar.done { fill: light-dark(#b7c3d0, #4b5663); } .gantt-bar.active { fill: light-dark(#9cc8ff, #1f6feb); }
.gantt-bar.crit { fill: light-dark(#ff9b94, #b62324); } .gantt-bar.milestone { fill: var(--purple-solid); }
.gantt .gantt-name { text-anchor: middle; } .gantt .gantt-name.outside { text-anchor: start; } .gantt .gantt-name.before { text-anchor: end; }
`;
