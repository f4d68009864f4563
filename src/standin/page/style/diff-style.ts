/** Diffs: files, tables of lines, comments under lines, syntax colours. */
export const DIFF_STYLE = `
.diff { width: 100%; border-collapse: collapse; font: 12px/20px var(--mono); overflow-wrap: normal; tab-size: 4; }
.diff td { padding: 0 10px; vertical-align: top; }
.diff td.num { width: 1%; min-width: 44px; color: var(--muted); text-align: right; white-space: nowrap; user-select: none; font-variant-numeric: tabular-nums; }
.diff td.code { white-space: pre; padding-left: 22px; position: relative; }
.markdown .diff td.code { padding-left: 22px; }
.marker { position: absolute; left: 8px; user-select: none; }
.diff .added td.code { background: var(--add-bg); } .diff .added td.num { background: var(--add-num); color: var(--fg); }
.diff .deleted td.code { background: var(--del-bg); } .diff .deleted td.num { background: var(--del-num); color: var(--fg); }
.diff .hunk td { background: var(--accent-bg); color: var(--muted); padding-top: 4px; padding-bottom: 4px; }
.diff .hunk td.num { text-align: center; }
.diff .note td.code { color: var(--muted); }
.diff .marked td.num { background: var(--mark-num); }
.diff .marked td.num + td.num { box-shadow: inset -3px 0 0 var(--yellow); }
.diff tr:target td { background: var(--mark); } .diff tr:target td.num { background: var(--mark-num); }
.file { border: 1px solid var(--border); border-radius: 6px; margin-bottom: 16px; }
.file > summary { position: sticky; top: 0; z-index: 1; border-radius: 6px 6px 0 0; font: 12px var(--mono); }
.file:not([open]) > summary { border-radius: 6px; }
.file > .scroll { container-type: inline-size; border-radius: 0 0 6px 6px; }
.file > summary .path { flex: 1; min-width: 0; font-weight: 600; }
.file > summary .count { color: var(--fg); font-weight: 600; }
.file-stat { color: var(--muted); white-space: nowrap; }
.file-threads { padding: 12px 16px; border-bottom: 1px solid var(--border); }
.no-diff, .more-files { padding: 24px; text-align: center; color: var(--muted); }
.diff .inline > td { padding: 0; background: var(--inset); border-top: 1px solid var(--border); border-bottom: 1px solid var(--border); font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", "Liberation Sans", Helvetica, Arial, sans-serif, "Noto Color Emoji"; }
.inline-threads { position: sticky; left: 0; width: 100cqi; max-width: 860px; padding: 12px 16px; overflow-wrap: anywhere; white-space: normal; }
.inline-thread { border: 1px solid var(--border); border-radius: 6px; background: var(--bg); overflow: clip; }
.inline-thread + .inline-thread { margin-top: 12px; }
.file-list { margin-bottom: 16px; }
.file-list > summary { color: var(--muted); }
.file-list ul { margin-top: 8px; border: 1px solid var(--border); border-radius: 6px; }
.file-list li { display: flex; gap: 10px; padding: 4px 12px; font: 12px/1.8 var(--mono); }
.file-list li a { flex: 1; min-width: 0; }
.control { padding: 0 3px; border-radius: 3px; background: var(--mark-num); color: var(--fg); font-size: 10px; }
.hk { color: var(--hl-k); } .hs { color: var(--hl-s); } .hn { color: var(--hl-n); } .hf { color: var(--hl-f); } .ht { color: var(--hl-t); } .hc { color: var(--muted); }
@media (max-width: 767px) {
  .diff td { padding: 0 6px; }
  .diff td.num { min-width: 30px; }
  .file > summary { flex-wrap: wrap; }
  .file > summary .count, .file > summary .squares { display: none; }
  .file > summary .path { flex-basis: 60%; }
  .inline-threads { padding: 8px; }
  .thread-comments { padding: 4px 12px; }
  .thread-comment > .markdown, .thread-comment > details > .markdown { padding-left: 0; }
}
`;
