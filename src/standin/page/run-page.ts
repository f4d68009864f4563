import { renderDocument } from "./document.ts";
import { icon } from "./icon.ts";
import { liveBlock } from "./live.ts";
import type { ReferenceContext } from "./markdown/link-references.ts";
import { renderMarkdown } from "./markdown/render-markdown.ts";
import { markup } from "./markup.ts";

/** A file a run produced, offered for download. */
interface RunFile {
  /** Its last part of the path: no slashes. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** A workflow run as its page shows it. */
export interface RegisteredRun {
  /** `owner/name`. */
  readonly repository: string;
  /** GITHUB_RUN_ID: unique in its repository. */
  readonly id: number;
  readonly title: string;
  /** What it wrote to GITHUB_STEP_SUMMARY. */
  readonly summary: string;
  readonly files: readonly RunFile[];
}

export function runAddress({ repository, id }: RegisteredRun): string {
  return `/${repository}/actions/runs/${String(id)}`;
}

export function renderRunPage(run: RegisteredRun, context: ReferenceContext): string {
  const files = run.files.map(
    ({ name, content }) =>
      markup`<li>${icon("file")}<a class="grow" href="${runAddress(run)}/files/${encodeURIComponent(name)}" download>${name}</a><span class="muted">${size(Buffer.byteLength(content))}</span></li>`,
  );
  const artifacts =
    files.length === 0
      ? undefined
      : markup`<section class="box index"><h2>${icon("download")}Artifacts</h2><ul>${files}</ul></section>`;
  const content = markup`<h1>${run.title} <span class="number">#${run.id}</span></h1><section class="box"><div class="box-head"><span class="grow"><strong>Summary</strong></span></div><div class="markdown">${renderMarkdown(run.summary, context)}</div></section>${artifacts}`;
  return renderDocument({
    title: `${run.title} · ${run.repository}`,
    trail: [
      [run.repository, `/${run.repository}/pulls`],
      [`run ${String(run.id)}`, runAddress(run)],
    ],
    blocks: [liveBlock("run", "run", content)],
    isLive: true,
  });
}

function size(bytes: number): string {
  return bytes < 1024 ? `${String(bytes)} bytes` : `${(bytes / 1024).toFixed(1)} KB`;
}
