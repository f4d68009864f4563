import type { StandinAnnotation, StandinCheckRun } from "../github/model-checks.ts";
import { appName, checkIcon, checksOf, lookOf, stateWords } from "./checks-state.ts";
import { fileAnchor } from "./diff/diff-rows.ts";
import { icon } from "./icon.ts";
import { liveBlock } from "./live.ts";
import { renderMarkdown } from "./markdown/render-markdown.ts";
import { markup, type Markup } from "./markup.ts";
import { pullAddress, referencesOf, type PullRequestPageState } from "./page-state.ts";
import { duration, plural, timeElement } from "./time.ts";

/** The Checks tab: the runs of the head on the left, what each reported on the right. */
export function checks(state: PullRequestPageState, now: Date): Markup[] {
  const runs = checksOf(state.repository, state.pull);
  if (runs.length === 0) {
    return [
      liveBlock(
        "checks",
        "blank",
        markup`${icon("checks")}<h2>No checks yet</h2><p class="muted">Nothing has reported on <code>${state.pull.head.sha.slice(0, 7)}</code>.</p>`,
      ),
    ];
  }
  const groups = [...Map.groupBy(runs, ({ app }) => app)].map(
    ([app, members]) =>
      markup`<h3>${appName(app)}</h3><ul>${members.map((run) => markup`<li><a href="#check-${run.id}">${checkIcon(lookOf(run))}${run.name}</a></li>`)}</ul>`,
  );
  const reports = runs.map((run) => report(run, state, now));
  return [
    liveBlock(
      "checks",
      "checks",
      markup`<nav class="check-list" aria-label="Check runs">${groups}</nav><div class="check-reports">${reports}</div>`,
    ),
  ];
}

function report(run: StandinCheckRun, state: PullRequestPageState, now: Date): Markup {
  const took = run.completedAt === null ? undefined : markup` in ${duration(run.startedAt, run.completedAt)}`;
  const context = referencesOf(state.repository);
  const summary =
    run.summary === null ? undefined : markup`<div class="markdown">${renderMarkdown(run.summary, context)}</div>`;
  const text =
    run.text === null
      ? undefined
      : markup`<h3 class="part">Details</h3><div class="markdown">${renderMarkdown(run.text, context)}</div>`;
  return markup`<section class="box check" id="check-${run.id}"><header>${checkIcon(lookOf(run))}<div class="grow"><h2>${run.name}</h2><p class="muted">${stateWords(run)} ${timeElement(run.completedAt ?? run.startedAt, now)}${took} · <code title="${run.headSha}">${run.headSha.slice(0, 7)}</code></p></div></header>${run.title === null ? undefined : markup`<h3 class="output-title">${run.title}</h3>`}${summary}${annotations(run, state)}${text}</section>`;
}

function annotations({ annotations: all }: StandinCheckRun, state: PullRequestPageState): Markup | undefined {
  if (all.length === 0) return undefined;
  const counts = (["failure", "warning", "notice"] as const)
    .map((level) => [level, all.filter((annotation) => annotation.level === level).length] as const)
    .filter(([, count]) => count > 0)
    .map(([level, count]) => plural(count, level));
  return markup`<h3 class="part">Annotations</h3><p class="part-note muted">${counts.join(", ")}</p><ul class="annotations">${all.map((annotation) => annotationEntry(annotation, state))}</ul>`;
}

const LEVELS = { failure: "cross", warning: "alert", notice: "info" } as const;

function annotationEntry(
  { path, startLine, endLine, level, title, message, rawDetails }: StandinAnnotation,
  state: PullRequestPageState,
): Markup {
  const lines = startLine === endLine ? `L${String(startLine)}` : `L${String(startLine)}-L${String(endLine)}`;
  const address = `${pullAddress(state)}/files#${fileAnchor(path)}R${String(endLine)}`;
  const details =
    rawDetails === undefined
      ? undefined
      : markup`<details><summary>Raw details</summary><pre>${rawDetails}</pre></details>`;
  return markup`<li class="annotation ${level}"><span class="level">${icon(LEVELS[level])}</span><div class="grow"><p class="where"><a href="${address}">${path}#${lines}</a></p>${title === undefined ? undefined : markup`<p><strong>${title}</strong></p>`}<p class="message">${message}</p>${details}</div></li>`;
}
