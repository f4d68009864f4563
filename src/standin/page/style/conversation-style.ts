/** The timeline of the conversation, threads in it, the merge box, checks and commits. */
export const CONVERSATION_STYLE = `
.event { position: relative; max-width: 960px; padding: 0 0 24px 56px; }
.event::before { content: ""; position: absolute; left: 72px; top: 0; bottom: 0; width: 2px; background: var(--soft); }
.event:last-child::before { display: none; }
.event > * { position: relative; }
.comment > .avatar, .row > .avatar { position: absolute; left: -56px; top: 0; }
.comment > .box, .indent > .box { position: relative; }
.row { display: flex; align-items: center; gap: 10px; min-height: 40px; }
.badge { display: grid; place-items: center; flex: none; width: 32px; height: 32px; margin-left: 1px; border-radius: 50%; color: var(--muted); background: var(--neutral-bg); box-shadow: 0 0 0 3px var(--bg), inset 0 0 0 32px var(--inset); }
.badge.success { color: #fff; box-shadow: 0 0 0 3px var(--bg); background: var(--green-solid); }
.badge.failure { color: #fff; box-shadow: 0 0 0 3px var(--bg); background: var(--red-solid); }
.badge.done { color: #fff; box-shadow: 0 0 0 3px var(--bg); background: var(--purple-solid); }
.row-text { flex: 1; min-width: 0; }
.row-text code { color: var(--muted); }
.indent { padding: 8px 0 0 43px; }
.indent > * + * { margin-top: 16px; }
.person { font-weight: 600; }
.reactions { display: flex; flex-wrap: wrap; gap: 6px; padding: 0 16px 16px; }
.reaction { padding: 1px 9px; border: 1px solid var(--border); border-radius: 2em; font-size: 12px; line-height: 22px; }
.thread-comment .reactions { padding: 0 0 4px 28px; }
.minimized > summary { padding: 12px 16px; color: var(--muted); font-style: italic; }
.commits { margin-top: 4px; padding-left: 9px; }
.commits li { display: flex; align-items: center; gap: 10px; padding: 3px 0; color: var(--muted); }
.commits .icon { background: var(--bg); }
.subject { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-family: var(--mono); font-size: 12px; }
.sha { color: var(--muted); }
.thread { border: 1px solid var(--border); border-radius: 6px; background: var(--bg); overflow: clip; }
.thread > summary, .file > summary { display: flex; align-items: center; gap: 8px; padding: 8px 12px; background: var(--inset); list-style: none; }
.thread > summary::-webkit-details-marker, .file > summary::-webkit-details-marker { display: none; }
.thread[open] > summary, .file[open] > summary { border-bottom: 1px solid var(--border); }
.thread > summary .path { flex: 1; min-width: 0; font: 12px var(--mono); }
.thread > summary .path a { color: var(--fg); }
.fold { color: var(--muted); }
.thread:not([open]) > summary .fold .icon, .file:not([open]) > summary .fold .icon { transform: rotate(-90deg); }
.place { padding: 8px 16px; color: var(--muted); font-size: 12px; border-bottom: 1px solid var(--border); }
.thread-comments { padding: 4px 16px; }
.thread .thread-comments { border-top: 1px solid var(--border); margin-top: -1px; }
.thread-comment { padding: 12px 0; }
.thread-comment + .thread-comment { border-top: 1px solid var(--soft); }
.thread-head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; }
.thread-comment > .markdown, .thread-comment > details > .markdown { padding: 6px 0 0 28px; }
.resolved { padding: 8px 16px; border-top: 1px solid var(--border); color: var(--muted); background: var(--inset); }
.merge { display: flex; gap: 16px; margin-left: -56px; }
.merge-icon { display: grid; place-items: center; flex: none; width: 40px; height: 40px; border-radius: 6px; color: #fff; background: var(--grey-solid); }
.merge-icon .icon { width: 24px; height: 24px; }
.merge-icon.success { background: var(--green-solid); } .merge-icon.failure { background: var(--red-solid); } .merge-icon.running, .merge-icon.attention { background: #9a6700; }
.merge > .box { flex: 1; }
.merge-head { display: flex; gap: 12px; padding: 16px; }
.merge-head strong { font-size: 16px; }
.merge-head .check-icon .icon { width: 22px; height: 22px; }
.merge-checks { border-top: 1px solid var(--border); background: var(--inset); border-radius: 0 0 6px 6px; }
.merge-checks li { display: flex; align-items: center; gap: 12px; padding: 8px 16px; }
.merge-checks li + li { border-top: 1px solid var(--border); }
.checks { display: grid; grid-template-columns: 240px minmax(0, 1fr); gap: 24px; align-items: start; }
.check-list { position: sticky; top: 16px; }
.check-list h3 { padding: 0 8px 6px; font-size: 12px; color: var(--muted); }
.check-list ul { margin-bottom: 16px; }
.check-list a { display: flex; gap: 8px; padding: 6px 8px; border-radius: 6px; color: var(--fg); }
.check-list a:hover { background: var(--neutral-bg); text-decoration: none; }
.check { margin-bottom: 24px; overflow: clip; }
.check > header { display: flex; gap: 12px; padding: 14px 16px; background: var(--inset); border-bottom: 1px solid var(--border); }
.check > header .icon { width: 20px; height: 20px; margin-top: 3px; }
.check h2 { font-size: 16px; }
.output-title { padding: 16px 16px 0; font-size: 20px; font-weight: 600; }
.part { padding: 12px 16px 0; font-size: 14px; border-top: 1px solid var(--border); }
.part-note { padding: 0 16px 8px; font-size: 12px; }
.annotation { display: flex; gap: 12px; padding: 12px 16px; border-top: 1px solid var(--soft); border-left: 3px solid var(--muted); }
.annotation.failure { border-left-color: var(--red); } .annotation.failure .level { color: var(--red); }
.annotation.warning { border-left-color: var(--yellow); } .annotation.warning .level { color: var(--yellow); }
.annotation.notice .level { color: var(--muted); }
.where { font: 12px/1.6 var(--mono); }
.message { white-space: pre-wrap; }
.annotation pre { margin: 6px 0 0; padding: 12px; overflow-x: auto; background: var(--inset); border-radius: 6px; }
.commit-list li { display: flex; align-items: center; gap: 16px; padding: 12px 16px; }
.commit-list li + li { border-top: 1px solid var(--border); }
.commit-body pre { white-space: pre-wrap; margin: 6px 0; color: var(--muted); }
@media (max-width: 767px) {
  .event { padding-left: 0; }
  .event::before { left: 16px; }
  .comment > .avatar, .row > .avatar, .merge-icon { display: none; }
  .merge { margin-left: 0; }
  .indent { padding-left: 0; }
  .checks { grid-template-columns: minmax(0, 1fr); }
  .check-list { position: static; }
}
`;
