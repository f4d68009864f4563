import { isUnderWay, RUN_STATUSES, type RunSummary } from "../../domain/run-summary.ts";
import { SEVERITIES } from "../../domain/severity.ts";
import { severityCounts } from "../severity-label.ts";
import { liveBlock } from "./live-block.ts";
import { markup, type Markup } from "./markup.ts";
import { addressPart, moment, money, runTime, runTitle, stateBadge, stateWord } from "./words.ts";

/** What the list was narrowed to, as the address says it; "" where it was not. Days are UTC, both inclusive. */
export type RunsFilter = {
  readonly repository: string;
  readonly status: string;
  readonly from: string;
  readonly to: string;
};

export type RunsList = {
  readonly filter: RunsFilter;
  readonly runs: readonly RunSummary[];
  /** The address of the next page; absent on the last one. */
  readonly older?: string | undefined;
  /** The address of the first page, when this is not it. */
  readonly newest?: string | undefined;
  readonly nowMs: number;
};

/** The list of runs with its filters. */
export function runsPage(list: RunsList): Markup {
  return markup`<h1>Runs</h1>
${filterForm(list.filter)}
${liveBlock("runs", runsTable(list))}`;
}

function filterForm({ repository, status, from, to }: RunsFilter): Markup {
  const options = RUN_STATUSES.map(
    (state) =>
      markup`<option value="${state}"${state === status ? markup` selected` : undefined}>${stateWord(state)}</option>`,
  );
  const isNarrowed = [repository, status, from, to].some((value) => value !== "");
  return markup`<form class="filters" method="get" action="/runs" role="search" aria-label="Narrow the list">
<label>Repository<input name="repository" value="${repository}" placeholder="owner/name" autocomplete="off" spellcheck="false"></label>
<label>Status<select name="status"><option value="">Any</option>${options}</select></label>
<label>From (UTC)<input type="date" name="from" value="${from}"></label>
<label>To (UTC)<input type="date" name="to" value="${to}"></label>
<div class="buttons"><button>Show</button>${isNarrowed ? markup`<a href="/runs">Show all</a>` : undefined}</div>
</form>`;
}

function runsTable({ runs, older, newest, nowMs, filter }: RunsList): Markup {
  if (runs.length === 0) {
    const isNarrowed = Object.values(filter).some((value) => value !== "");
    return markup`<p class="blank">${isNarrowed ? "No run matches." : "No run yet. Comment /parallel-review on a pull request of a repository where the App is installed."}</p>`;
  }
  const rows = runs.map(
    (run) => markup`<tr>
<td class="what"><a href="/runs/${addressPart(run.id)}">${runTitle(run)}</a>${run.askedBy === undefined ? undefined : markup`<span class="by">by ${run.askedBy}</span>`}</td>
<td>${stateBadge(run)}${progressOf(run)}</td>
<td data-name="Findings">${findingsOf(run)}</td>
<td data-name="Asked">${moment(run.receivedMs)}</td>
<td data-name="Took" class="figure">${runTime(run, nowMs) ?? "–"}</td>
<td data-name="Cost" class="figure">${money(run.costUsd)}</td>
</tr>`,
  );
  const pages =
    older === undefined && newest === undefined
      ? undefined
      : markup`<nav class="pages" aria-label="Pages">${newest === undefined ? undefined : markup`<a href="${newest}">Newest</a>`}${older === undefined ? undefined : markup`<a href="${older}" rel="next">Older</a>`}</nav>`;
  return markup`<table class="runs"><caption class="hidden">Runs, newest first</caption>
<thead><tr><th scope="col">Run</th><th scope="col">Status</th><th scope="col">Findings</th><th scope="col">Asked</th><th scope="col" class="figure">Took</th><th scope="col" class="figure">Cost</th></tr></thead>
<tbody>${rows}</tbody></table>${pages}`;
}

function progressOf(run: RunSummary): Markup | undefined {
  if (run.subtasks === undefined || !isUnderWay(run)) return undefined;
  return markup`<span class="by">${run.subtasks.ended} of ${run.subtasks.total} subtasks</span>`;
}

function findingsOf({ findings }: RunSummary): string {
  if (findings === undefined) return "–";
  const all = SEVERITIES.flatMap((severity) => Array.from({ length: findings[severity] }, () => ({ severity })));
  return severityCounts(all) || "none";
}
