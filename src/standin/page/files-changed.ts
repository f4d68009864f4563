import type { StandinFile } from "../github/model-diff.ts";
import { diffRow, fileAnchor, hunkRow } from "./diff/diff-rows.ts";
import { hasBidirectionalControls, languageOf } from "./diff/highlight.ts";
import { squares } from "./header.ts";
import { icon } from "./icon.ts";
import { liveBlock } from "./live.ts";
import { markup, type Markup } from "./markup.ts";
import type { PullRequestPageState } from "./page-state.ts";
import { placeNote, threadComments, visibleThreads, type ThreadView } from "./review-thread.ts";
import { plural } from "./time.ts";

/** Files a page shows; GitHub stops there too: https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits */
const MOST_FILES = 300;
/** Changed lines from which on a file is folded, as GitHub folds large diffs. */
const FOLDED_FROM = 1000;

/** The Files changed tab: a block for the list of files, and one for each file. */
export function filesChanged(state: PullRequestPageState, now: Date): Markup[] {
  const { files } = state.pull;
  const threads = Map.groupBy(visibleThreads(state.pull), ({ thread }) => thread.path);
  const shown = files.slice(0, MOST_FILES);
  const list = markup`<details class="file-list"><summary>${plural(files.length, "changed file")}</summary><ul>${shown.map(listEntry(threads))}</ul></details>`;
  const rest = files.length - shown.length;
  return [
    liveBlock("file-list", "", list),
    ...shown.map((file) =>
      liveBlock(fileAnchor(file.path), "", fileDiff(file, threads.get(file.path) ?? [], state, now)),
    ),
    ...(rest > 0 ? [liveBlock("more-files", "more-files", markup`${plural(rest, "more file")} not shown.`)] : []),
  ];
}

function listEntry(threads: ReadonlyMap<string, readonly ThreadView[]>) {
  return ({ path, additions, deletions }: StandinFile): Markup => {
    const count = threads.get(path)?.length ?? 0;
    const comments = count === 0 ? undefined : markup`<span class="muted">${icon("comment")} ${count}</span>`;
    return markup`<li><a href="#${fileAnchor(path)}">${path}</a>${comments}<span class="added-count">+${additions}</span><span class="deleted-count">−${deletions}</span></li>`;
  };
}

function fileDiff(file: StandinFile, threads: readonly ThreadView[], state: PullRequestPageState, now: Date): Markup {
  const changes = file.additions + file.deletions;
  const name = file.previousPath === undefined ? file.path : markup`${file.previousPath} → ${file.path}`;
  const onFile = threads
    .filter(({ thread }) => thread.subjectType === "file")
    .map((view) => inlineThread(view, state, now));
  const isOpen = changes < FOLDED_FROM || threads.length > 0;
  return markup`<details class="file"${isOpen ? markup` open` : undefined}><summary><span class="fold">${icon("chevron")}</span><span class="count">${changes}</span>${squares(file.additions, file.deletions)}<span class="path">${name}</span>${fileNote(file)}</summary>${onFile.length === 0 ? undefined : markup`<div class="file-threads">${onFile}</div>`}${diffTable(file, threads, state, now)}</details>`;
}

function fileNote({ status, additions, deletions, patch = "" }: StandinFile): Markup {
  const words =
    status === "modified" || status === "changed" ? undefined : markup`<span class="label">${status}</span>`;
  const warning = hasBidirectionalControls(patch)
    ? markup`<span class="label attention" title="It may read otherwise than it runs">Bidirectional text</span>`
    : undefined;
  return markup`${words}${warning}<span class="file-stat"><span class="added-count">+${additions}</span> <span class="deleted-count">−${deletions}</span></span>`;
}

function diffTable(file: StandinFile, threads: readonly ThreadView[], state: PullRequestPageState, now: Date): Markup {
  if (file.hunks.length === 0) return markup`<p class="no-diff">${withoutDiff(file)}</p>`;
  const language = languageOf(file.path);
  const anchor = fileAnchor(file.path);
  const placed = threads.filter(({ first }) => first.line !== undefined);
  const byPosition = Map.groupBy(placed, ({ first }) => first.position);
  const ranges = placed.flatMap(({ first }) =>
    rangeOf(first.startLine, first.line, first.startSide ?? first.side, first.side),
  );
  const rows = file.hunks.flatMap(({ header, lines }) => [
    hunkRow(header),
    ...lines.flatMap((line) => {
      const marked = ranges.some((range) => range.has(line.oldLine, line.newLine));
      const below = byPosition.get(line.position)?.map((view) => inlineThread(view, state, now)) ?? [];
      const row = diffRow(line, language, { anchor, marked });
      return below.length === 0
        ? [row]
        : [row, markup`<tr class="inline"><td colspan="3"><div class="inline-threads">${below}</div></td></tr>`];
    }),
  ]);
  return markup`<div class="scroll"><table class="diff">${rows}</table></div>`;
}

function withoutDiff({ status, additions, deletions }: StandinFile): string {
  if (additions + deletions > 0) return "Large diffs are not rendered by default.";
  if (status === "renamed" || status === "copied") return `File ${status} without changes.`;
  return status === "added" ? "Empty or binary file added." : "Binary file, or no change of content.";
}

function inlineThread(view: ThreadView, state: PullRequestPageState, now: Date): Markup {
  const { thread, first } = view;
  const content = markup`${placeNote(first)}${threadComments(view, state, now)}`;
  if (thread.resolvedBy === undefined) return markup`<div class="inline-thread">${content}</div>`;
  return markup`<details class="inline-thread"><summary class="place">${icon("check")} Resolved conversation</summary>${content}</details>`;
}

interface LineRange {
  has(oldLine: number | undefined, newLine: number | undefined): boolean;
}

/** The lines of a comment on several; none for one, which the thread itself points at. */
function rangeOf(start: number | undefined, end: number | undefined, startSide: string, endSide: string): LineRange[] {
  if (start === undefined || end === undefined || startSide !== endSide) return [];
  const within = (line: number | undefined): boolean => line !== undefined && line >= start && line <= end;
  return [{ has: (oldLine, newLine) => within(endSide === "LEFT" ? oldLine : newLine) }];
}
