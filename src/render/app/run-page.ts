import type { CoverageEntry } from "../../domain/coverage.ts";
import type { Report } from "../../domain/report.ts";
import type { RunSubtask } from "../../domain/run-progress.ts";
import { isUnderWay, type RunSummary } from "../../domain/run-summary.ts";
import { isUnfinishedNote } from "../../domain/unfinished-note.ts";
import { promptTokens } from "../../domain/usage.ts";
import { counted, duration, tokens } from "../figures.ts";
import { findingsPart } from "./findings-part.ts";
import { inlineCode } from "./inline-code.ts";
import { liveBlock } from "./live-block.ts";
import { markup, type Markup } from "./markup.ts";
import { subtaskChart } from "./subtask-chart.ts";
import { subtasksTable } from "./subtasks-table.ts";
import { addressPart, moment, money, runTime, runTitle, stateBadge, targetLink } from "./words.ts";

export type RunDetails = {
  readonly run: RunSummary;
  readonly subtasks: readonly RunSubtask[];
  readonly report?: Report;
  readonly notes: readonly string[];
  /** Addresses on GitHub of what it came to. */
  readonly published: readonly string[];
  /** Whose requests to the model were kept. */
  readonly askers: readonly string[];
  /** Whether the viewer may stop the run or start it again. */
  readonly mayAct: boolean;
  /** Whether the viewer has just asked for that. */
  readonly isToldToStop: boolean;
  readonly csrf: string;
  /** `https://github.com` without a slash at the end. */
  readonly serverUrl: string;
  readonly nowMs: number;
};

/** More rows than this help nobody; the rest is counted. */
const MAX_PATHS = 300;

/** One run: what it is about, how it went over time, what it found, what it read and what it cost. */
export function runPage(details: RunDetails): Markup {
  const { run, subtasks, report, askers, nowMs } = details;
  return markup`${liveBlock("head", head(details))}
${liveBlock("actions", actions(details))}
${liveBlock("figures", figures(details))}
${liveBlock("notes", notes(details))}
${liveBlock("timeline", timeline(subtasks, nowMs))}
${findingsPart(report?.findings, report?.audit?.withheld)}
${liveBlock("coverage", report === undefined ? markup`` : coverage(report.coverage, subtasks))}
${liveBlock("subtasks", subtasksTable(run.id, subtasks, askers, nowMs))}`;
}

function head({ run, published, serverUrl }: RunDetails): Markup {
  const { head: commit, askedBy, attempts } = run;
  const links = published
    .filter((url) => url.startsWith(`${serverUrl}/`))
    .map((url, index) => markup`${index === 0 ? "" : ", "}<a href="${url}">${url.slice(serverUrl.length + 1)}</a>`);
  return markup`<h1>${runTitle(run)}</h1>
<p class="meta">${stateBadge(run)}<span>${targetLink(run, serverUrl)}${commit === undefined ? undefined : markup` at <code>${commit.slice(0, 10)}</code>`}</span><span>asked ${moment(run.receivedMs)}${askedBy === undefined ? undefined : markup` by ${askedBy}`}</span>${attempts > 1 ? markup`<span>attempt ${attempts}</span>` : undefined}${links.length === 0 ? undefined : markup`<span>result: ${links}</span>`}</p>`;
}

function actions({ run, mayAct, isToldToStop, csrf }: RunDetails): Markup {
  const reason = run.reason === undefined ? undefined : markup`<p class="callout">${inlineCode(run.reason)}</p>`;
  if (!mayAct) return markup`${reason}`;
  if (isToldToStop && run.status === "running") {
    return markup`${reason}<p class="callout" role="status">It was told to stop, and ends as soon as it can.</p>`;
  }
  const [verb, label, note] = isUnderWay(run)
    ? ["stop", "Stop this run", "What it has found so far stays on this page."]
    : ["retry", "Run again", "It goes on from where it was: what was finished is not paid for again."];
  return markup`${reason}<form class="actions" method="post" action="/runs/${addressPart(run.id)}/${verb}"><input type="hidden" name="csrf" value="${csrf}"><button id="act"${verb === "stop" ? markup` class="danger"` : undefined}>${label}</button><span class="muted">${note}</span></form>`;
}

function figures({ run, report, nowMs }: RunDetails): Markup {
  const { subtasks } = run;
  const tile = (name: string, value: string | undefined, more?: string): Markup | undefined =>
    value === undefined
      ? undefined
      : markup`<div><dt>${name}</dt><dd>${value}${more === undefined ? undefined : markup`<span class="more">${more}</span>`}</dd></div>`;
  const read = report?.coverage.filter(({ status }) => status === "reviewed").length;
  const prompt = report === undefined ? 0 : promptTokens(report.usage);
  return markup`<dl class="tiles">
${tile("Took", runTime(run, nowMs), report === undefined ? undefined : `subtasks ${duration(report.wallMs)}; one after the other ${duration(report.sumMs)}`)}
${tile("Subtasks", subtasks === undefined ? undefined : `${subtasks.ended} of ${subtasks.total}`)}
${tile("Files read", read === undefined ? undefined : `${read} of ${report?.coverage.length ?? 0}`)}
${tile("Cost", money(run.costUsd), prompt === 0 ? undefined : `${tokens(prompt)} tokens in, ${tokens(report?.usage.outputTokens ?? 0)} out`)}
</dl>`;
}

function notes({ run, notes: said, report }: RunDetails): Markup {
  // That a run goes on is no news on its own page, as long as it does.
  const told = (report?.notes ?? []).filter((note) => !isUnderWay(run) || !isUnfinishedNote(note));
  const all = [...new Set([...said, ...told])];
  if (all.length === 0) return markup``;
  return markup`<section aria-labelledby="notes-title"><h2 id="notes-title">Went differently</h2><ul class="notes">${all.map((note) => markup`<li>${inlineCode(note)}</li>`)}</ul></section>`;
}

function timeline(subtasks: readonly RunSubtask[], nowMs: number): Markup {
  const chart = subtaskChart(subtasks, nowMs);
  if (chart === undefined) return markup``;
  const waiting = subtasks.filter(({ startedMs }) => startedMs === undefined).length;
  return markup`<section aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>
<ul class="legend"><li class="done">done</li><li class="running">running</li><li class="out-of-budget">cut short</li><li class="failed">failed</li></ul>
${chart}${waiting === 0 ? undefined : markup`<p class="muted">${counted(waiting, "subtask")} not started yet.</p>`}</section>`;
}

function coverage(all: readonly CoverageEntry[], subtasks: readonly RunSubtask[]): Markup {
  const open = new Set(
    subtasks.filter(({ status }) => status === "waiting" || status === "running").map(({ id }) => id),
  );
  const isDue = (entry: CoverageEntry): boolean =>
    entry.status === "failed" && entry.subtasks.some((id) => open.has(id));
  const entries = all.filter((entry) => !isDue(entry));
  const due = all.length - entries.length;
  const missing = entries.filter(({ status }) => status !== "reviewed");
  const rows = missing
    .slice(0, MAX_PATHS)
    .map(
      ({ path, status, reason }) =>
        markup`<tr><td class="what"><code>${path}</code></td><td><span class="badge small ${status}">${status}</span></td><td>${reason}</td></tr>`,
    );
  const rest = missing.length - rows.length;
  const reviewed = entries.filter(({ status }) => status === "reviewed").slice(0, MAX_PATHS);
  const table =
    rows.length === 0
      ? markup`${due === 0 ? markup`<p class="muted">Every file was read whole.</p>` : undefined}`
      : markup`<div class="scroll"><table class="runs"><caption>Not, or not wholly, read</caption><thead><tr><th scope="col">File</th><th scope="col">Status</th><th scope="col">Why</th></tr></thead><tbody>${rows}</tbody></table></div>${rest === 0 ? undefined : markup`<p class="muted">${rest} more are in the report.</p>`}`;
  const list =
    reviewed.length === 0
      ? undefined
      : markup`<details id="read-files"><summary>${counted(entries.length - missing.length, "file")} read whole</summary><ul class="paths">${reviewed.map(({ path }) => markup`<li><code>${path}</code></li>`)}</ul></details>`;
  return markup`<section aria-labelledby="coverage-title"><h2 id="coverage-title">Coverage</h2>${due === 0 ? undefined : markup`<p class="muted">${counted(due, "file")} not read yet.</p>`}${table}${list}</section>`;
}
