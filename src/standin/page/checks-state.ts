import type { StandinCheckRun } from "../github/model-checks.ts";
import type { StandinPullRequest, StandinRepository } from "../github/model.ts";
import { icon } from "./icon.ts";
import { markup, type Markup } from "./markup.ts";

export type CheckLook = "success" | "failure" | "neutral" | "running" | "attention";

/** The check runs of the pull request's head, oldest first; of several with one name only the last, as GitHub lists them. */
export function checksOf(repository: StandinRepository, pull: StandinPullRequest): StandinCheckRun[] {
  const atHead = repository.checkRuns.filter(({ headSha }) => headSha === pull.head.sha);
  return [...new Map(atHead.map((run) => [`${run.app} ${run.name}`, run])).values()];
}

export function lookOf({ status, conclusion }: StandinCheckRun): CheckLook {
  if (status !== "completed") return "running";
  switch (conclusion) {
    case "success":
      return "success";
    case "failure":
    case "timed_out":
    case "startup_failure":
      return "failure";
    case "action_required":
      return "attention";
    default:
      return "neutral";
  }
}

const ICONS = { success: "check", failure: "cross", neutral: "neutral", running: "dot", attention: "alert" } as const;

export function checkIcon(look: CheckLook): Markup {
  return markup`<span class="check-icon ${look}">${icon(ICONS[look])}</span>`;
}

export function appName(slug: string): string {
  return slug === "github-actions" ? "GitHub Actions" : slug;
}

/** How a run ended or where it is, in words. */
export function stateWords({ status, conclusion }: StandinCheckRun): string {
  return (status === "completed" ? (conclusion ?? "completed") : status).replaceAll("_", " ");
}
