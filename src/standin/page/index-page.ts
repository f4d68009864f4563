import { isPull, type StandinPullRequest, type StandinRepository } from "../github/model.ts";
import { renderDocument } from "./document.ts";
import { stateBadge } from "./header.ts";
import { icon } from "./icon.ts";
import { liveBlock } from "./live.ts";
import { markup, type Markup } from "./markup.ts";
import { pullAddress } from "./page-state.ts";
import { runAddress, type RegisteredRun } from "./run-page.ts";
import { plural, timeElement } from "./time.ts";

export interface RepositoryEntry {
  readonly repository: StandinRepository;
  readonly runs: readonly RegisteredRun[];
}

/** The repositories with their pull requests, newest first, and the runs that left a summary. */
export function renderIndexPage(entries: readonly RepositoryEntry[], now: Date, title = "Repositories"): string {
  const blocks = entries.map(({ repository, runs }) => {
    const pulls = [...repository.issues.values()].filter(isPull).toReversed();
    const rows = pulls.map((pull) => pullEntry(repository, pull, now));
    const none = pulls.length === 0 ? markup`<li class="muted">No pull requests.</li>` : undefined;
    const summaries = runs.map(
      (run) =>
        markup`<li>${icon("checks")}<div class="grow"><a class="strong" href="${runAddress(run)}">${run.title}</a><div class="muted">Workflow run #${run.id}</div></div></li>`,
    );
    return liveBlock(
      `repository-${String(repository.id)}`,
      "",
      markup`<section class="box index"><h2>${icon("book")}${repository.fullName}<span class="label">${repository.private ? "Private" : "Public"}</span></h2><ul>${rows}${none}${summaries}</ul></section>`,
    );
  });
  const empty = liveBlock("empty", "blank", markup`${icon("book")}<h2>Nothing here yet</h2>`);
  return renderDocument({ title, trail: [[title, ""]], blocks: blocks.length === 0 ? [empty] : blocks, isLive: true });
}

function pullEntry(repository: StandinRepository, pull: StandinPullRequest, now: Date): Markup {
  return markup`<li>${stateBadge(pull)}<div class="grow"><a class="strong" href="${pullAddress({ repository, pull })}">${pull.title}</a><div class="muted">#${pull.number} opened ${timeElement(pull.createdAt, now)} by ${pull.author.login} · ${plural(pull.files.length, "file")} · ${plural(pull.comments.length, "comment")}</div></div></li>`;
}
