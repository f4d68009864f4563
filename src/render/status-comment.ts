import type { RunMark } from "../domain/review-record.ts";
import type { Subtask } from "../domain/subtask.ts";
import { BODY_LIMIT, firstThatFits } from "./cut-markdown.ts";
import { counted } from "./figures.ts";
import { folded } from "./folded.ts";
import { costText, speedText } from "./footer.ts";
import { headline } from "./headline.ts";
import { inlineText } from "./neutralize.ts";
import type { Surroundings } from "./place-link.ts";
import type { RunStatus, SubtaskProgress } from "./run-status.ts";
import { printRunMark } from "./small-marks.ts";

/** More lines than this nobody reads; what is running or has failed is shown first then. */
const MAX_LINES = 60;

/** A checklist with more lines than this is folded once the run has ended. */
const OPEN_LINES = 12;

type State = SubtaskProgress["state"];

const WORDS: Readonly<Record<State, string>> = {
  queued: "",
  running: "⏳ running",
  done: "",
  "out-of-budget": "⚠️ out of budget",
  refused: "⚠️ refused by the model",
  cancelled: "⏹ cancelled",
  failed: "❌ failed",
};

/** What the run left behind when it ended before its subtasks. */
const STOPPED = new Map<State, string>([
  ["queued", "⏹ not started"],
  ["running", "⏹ stopped"],
]);

/** What is worth a line when there is no room for all. */
const URGENCY: readonly State[] = ["running", "failed", "refused", "out-of-budget", "cancelled", "queued", "done"];

const FINAL: Readonly<Record<string, string>> = {
  success: "✅ Review finished",
  partial: "⚠️ Review finished, but incomplete",
  failure: "❌ Review did not pass",
  cancelled: "⏹ Review cancelled",
  "nothing-to-do": "➖ Nothing to review",
};

const CUT = "_Cut to fit GitHub's limit for comments._";

/** What the status comment says beside the progress. */
export type StatusCommentOptions = Surroundings & {
  /** The posted review, once there is one. */
  readonly reviewUrl?: string;
  /** Set when the run ended without a report, in one sentence. */
  readonly abandoned?: string;
};

/** The status comment for any moment of a run: a live checklist of the subtasks, then how it ended; the last line says so to programs, hidden. At most BODY_LIMIT code units. */
export function statusComment(status: RunStatus, options: StatusCommentOptions): string {
  const version = (lines: number) => (): string =>
    [...opening(status, options), ...notes(status), checklist(status, options, lines), ...links(options)]
      .filter((part) => part !== "")
      .join("\n\n");
  const versions = [version(MAX_LINES), version(20), version(0)];
  const mark = printRunMark({ state: stateOf(status, options) });
  return `${firstThatFits(versions, BODY_LIMIT - mark.length - 2, CUT)}\n\n${mark}`;
}

function stateOf(status: RunStatus, options: StatusCommentOptions): RunMark["state"] {
  if (options.abandoned !== undefined) return "abandoned";
  return status.report === undefined ? "running" : "ended";
}

function opening(status: RunStatus, options: StatusCommentOptions): readonly string[] {
  if (options.abandoned !== undefined)
    return [`**❌ Review ended without a result:** ${inlineText(options.abandoned, 2_000)}`];
  const { report, plan } = status;
  if (report !== undefined) {
    const numbers = report.subtasks.length === 0 ? "" : `${speedText(report)} · ${costText(report)}`;
    return [`**${FINAL[report.conclusion] ?? report.conclusion}.** ${headline(report)}.`, numbers];
  }
  if (plan === undefined) return ["**⏳ Review starting:** reading the change and planning the subtasks."];
  const files = new Set(plan.subtasks.flatMap((subtask) => subtask.files.map((file) => file.path))).size;
  const skipped = plan.skipped.length === 0 ? "" : `, ${counted(plan.skipped.length, "file")} skipped`;
  return [
    `**⏳ Reviewing ${counted(files, "file")} with ${counted(plan.subtasks.length, "subtask")}**${skipped}: ${countsText(status, plan.subtasks)}.`,
  ];
}

function notes(status: RunStatus): readonly string[] {
  const all = [...new Set([...(status.report?.notes ?? []), ...status.degradations])];
  return all.length === 0 ? [] : [all.map((note) => `> - ${inlineText(note, 500)}`).join("\n")];
}

function checklist(status: RunStatus, options: StatusCommentOptions, limit: number): string {
  const subtasks = status.plan?.subtasks ?? [];
  if (subtasks.length === 0) return "";
  const over = status.report !== undefined || options.abandoned !== undefined;
  const shown = subtasks.length <= limit ? subtasks : mostUrgent(status, subtasks, limit);
  const lines = shown.map((subtask) => line(subtask, progressOf(status, subtask), over));
  if (shown.length < subtasks.length) {
    const hidden = subtasks.filter((subtask) => !shown.includes(subtask));
    lines.push(`- … and ${hidden.length} more: ${countsText(status, hidden)}`);
  }
  const list = lines.join("\n");
  return over && lines.length > OPEN_LINES ? folded(counted(subtasks.length, "subtask"), list) : list;
}

/** In plan order, so that lines do not jump about while the run goes on. */
function mostUrgent(status: RunStatus, subtasks: readonly Subtask[], limit: number): readonly Subtask[] {
  const urgency = (subtask: Subtask): number => URGENCY.indexOf(progressOf(status, subtask).state);
  const chosen = new Set(subtasks.toSorted((a, b) => urgency(a) - urgency(b)).slice(0, limit));
  return subtasks.filter((subtask) => chosen.has(subtask));
}

function line(subtask: Subtask, { state, claims }: SubtaskProgress, over: boolean): string {
  const word = over ? (STOPPED.get(state) ?? WORDS[state]) : WORDS[state];
  const parts = [word, claims === 0 ? "" : counted(claims, "claim")].filter((part) => part !== "");
  const after = parts.length === 0 ? "" : ` · ${parts.join(" · ")}`;
  return `- [${state === "done" ? "x" : " "}] ${inlineText(subtask.description, 120)}${after}`;
}

function countsText(status: RunStatus, subtasks: readonly Subtask[]): string {
  const states = Map.groupBy(subtasks, (subtask) => progressOf(status, subtask).state);
  const words: readonly State[] = ["done", "running", "queued", "out-of-budget", "refused", "cancelled", "failed"];
  return words
    .flatMap((state) => (states.has(state) ? [`${states.get(state)?.length ?? 0} ${state.replaceAll("-", " ")}`] : []))
    .join(", ");
}

function progressOf(status: RunStatus, subtask: Subtask): SubtaskProgress {
  return status.progress.get(subtask.id) ?? { state: "queued", claims: 0 };
}

function links(options: StatusCommentOptions): readonly string[] {
  const all = [
    ...(options.reviewUrl === undefined ? [] : [`[review](${options.reviewUrl})`]),
    ...(options.runUrl === undefined ? [] : [`[run](${options.runUrl})`]),
  ];
  return all.length === 0 ? [] : [`<sub>parallel-review · ${all.join(" · ")}</sub>`];
}
