import type { StandinCheckRun } from "../github/model-checks.ts";
import { appName, checkIcon, checksOf, lookOf, stateWords, type CheckLook } from "./checks-state.ts";
import { icon } from "./icon.ts";
import { markup, type Markup } from "./markup.ts";
import { pullAddress, type PullRequestPageState } from "./page-state.ts";
import { plural } from "./time.ts";

/** The box below the conversation that sums up the checks. Undefined where there are none. */
export function mergeBox(state: PullRequestPageState): Markup | undefined {
  const runs = checksOf(state.repository, state.pull);
  if (runs.length === 0) return undefined;
  const { look, headline } = verdict(runs);
  const rows = runs.map(
    (run) =>
      markup`<li>${checkIcon(lookOf(run))}<span class="grow"><strong>${appName(run.app)}</strong> / ${run.name} <span class="muted">${run.title ?? stateWords(run)}</span></span><a href="${pullAddress(state)}/checks#check-${run.id}">Details</a></li>`,
  );
  return markup`<div class="merge"><span class="merge-icon ${look}">${icon("merge")}</span><div class="box"><div class="merge-head">${checkIcon(look)}<div><strong>${headline}</strong><div class="muted">${counts(runs)}</div></div></div><ul class="merge-checks">${rows}</ul></div></div>`;
}

function verdict(runs: readonly StandinCheckRun[]): { look: CheckLook; headline: string } {
  const looks = runs.map(lookOf);
  if (looks.includes("failure")) return { look: "failure", headline: "Some checks were not successful" };
  if (looks.includes("running")) return { look: "running", headline: "Some checks haven’t completed yet" };
  if (looks.includes("attention")) return { look: "attention", headline: "Some checks need an action" };
  const onlyNeutral = !looks.includes("success");
  return {
    look: onlyNeutral ? "neutral" : "success",
    headline: onlyNeutral ? "All checks have completed" : "All checks have passed",
  };
}

function counts(runs: readonly StandinCheckRun[]): string {
  const groups = [...Map.groupBy(runs, stateWords)].map(([words, { length }]) => `${String(length)} ${words}`);
  return `${groups.join(", ")} ${plural(runs.length, "check").replace(/^\S+ /, "")}`;
}
