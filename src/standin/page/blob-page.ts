import { highlight, languageOf } from "./diff/highlight.ts";
import { renderDocument } from "./document.ts";
import { liveBlock } from "./live.ts";
import { markup } from "./markup.ts";
import { plural } from "./time.ts";

export interface Blob {
  /** `owner/name`. */
  readonly repository: string;
  /** Full id. */
  readonly commit: string;
  readonly path: string;
  readonly content: Uint8Array;
}

/** Lines a page shows; the rest is counted. */
const MOST_LINES = 5000;

/** A file at a commit, with the line anchors (`#L12`) that comments link to. */
export function renderBlobPage({ repository, commit, path, content }: Blob): string {
  const isBinary = content.subarray(0, 8000).includes(0);
  const lines = isBinary ? [] : new TextDecoder().decode(content).replace(/\n$/, "").split("\n");
  const language = languageOf(path);
  const rows = lines
    .slice(0, MOST_LINES)
    .map(
      (line, index) =>
        markup`<tr id="L${index + 1}"><td class="num">${index + 1}</td><td class="code">${highlight(line, language)}</td></tr>`,
    );
  const rest = lines.length - rows.length;
  const body = isBinary
    ? markup`<p class="no-diff">Binary file</p>`
    : markup`<div class="scroll"><table class="diff">${rows}</table></div>${rest > 0 ? markup`<p class="more-files">${plural(rest, "more line")} not shown.</p>` : undefined}`;
  const head = markup`<div class="box-head"><code class="grow">${path}</code><span class="muted">${plural(lines.length, "line")} at <code title="${commit}">${commit.slice(0, 7)}</code></span></div>`;
  return renderDocument({
    title: `${path} at ${commit.slice(0, 7)} · ${repository}`,
    trail: [
      [repository, `/${repository}/pulls`],
      [path, ""],
    ],
    blocks: [liveBlock("blob", "box blob", markup`${head}${body}`)],
    isLive: false,
  });
}
