import type { RunStatus, RunSummary } from "../../domain/run-summary.ts";
import { dollars, duration } from "../figures.ts";
import { markup, type Markup } from "./markup.ts";

const STATE_WORDS: Readonly<Record<RunStatus, string>> = {
  queued: "Queued",
  running: "Running",
  waiting: "Waiting to try again",
  done: "Done",
  refused: "Refused",
  stopped: "Stopped",
  superseded: "Superseded",
  failed: "Failed",
};

/** `Waiting to try again` for `waiting`, and so on. */
export function stateWord(state: RunStatus): string {
  return STATE_WORDS[state];
}

/** The state as a badge: a shape, a word and a colour. */
export function stateBadge({ status, conclusion }: Pick<RunSummary, "status" | "conclusion">): Markup {
  const isMixed = status === "done" && (conclusion === "failure" || conclusion === "partial");
  const word = isMixed
    ? `${stateWord(status)}, ${conclusion === "failure" ? "not passed" : "incomplete"}`
    : stateWord(status);
  return markup`<span class="badge ${isMixed ? conclusion : status}">${word}</span>`;
}

/** `2026-11-22 21:51 UTC`, for machines as well. */
export function moment(ms: number): Markup {
  const iso = new Date(ms).toISOString();
  return markup`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}

/** How long the run took, or has been taking; undefined before it began. */
export function runTime({ startedMs, endedMs }: RunSummary, nowMs: number): string | undefined {
  return startedMs === undefined ? undefined : duration(Math.max(0, (endedMs ?? nowMs) - startedMs));
}

/** `Review of acme/shop#7`, or what else was asked for. */
export function runTitle({
  title,
  repository,
  pullRequest,
}: Pick<RunSummary, "title" | "repository" | "pullRequest">): string {
  const target = pullRequest === undefined ? repository : `${repository}#${pullRequest}`;
  const name = title === "push" ? "review" : title;
  const link = /^(?:review|plan|audit|retry)\b/.test(name) ? "of" : "on";
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)} ${link} ${target}`;
}

export function money(amount: number): string {
  return dollars(amount);
}

/** The pull request on GitHub, or its repository. */
export function targetLink(
  { repository, pullRequest }: Pick<RunSummary, "repository" | "pullRequest">,
  serverUrl: string,
): Markup {
  const path = repository.split("/").map(addressPart).join("/");
  const address = `${serverUrl}/${path}${pullRequest === undefined ? "" : `/pull/${pullRequest}`}`;
  return markup`<a href="${address}">${repository}${pullRequest === undefined ? "" : `#${pullRequest}`}</a>`;
}

/** A word of anybody as one part of an address. */
export function addressPart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
