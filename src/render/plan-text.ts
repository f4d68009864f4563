import type { Plan } from "../domain/plan.ts";
import type { Subtask } from "../domain/subtask.ts";
import { BODY_LIMIT, cutMarkdown } from "./cut-markdown.ts";
import { codeSpan } from "./fence.ts";
import { counted } from "./figures.ts";
import { folded } from "./folded.ts";
import { logSafe } from "./log-safe.ts";
import { neutralizeCode } from "./neutralize-code.ts";
import { inlineText, tableCell } from "./neutralize.ts";

const CUT = "_Cut to fit GitHub's limit for comments; the command line prints the whole plan: `parallel-review plan`._";

/** The answer to `/parallel-review plan`: what would run, in which order, why, and what would not be read. At most BODY_LIMIT. */
export function planMarkdown(plan: Plan): string {
  const rows = plan.subtasks.map((subtask) => {
    const cells = [
      subtask.id,
      tableCell(subtask.description, 120),
      String(subtask.files.length),
      subtask.risk,
      subtask.lens,
    ];
    return `| ${[...cells, waits(subtask), tableCell(subtask.why)].join(" | ")} |`;
  });
  const table = [
    "| Id | Subtask | Files | Risk | Lens | Starts | Why |",
    "| --- | --- | ---: | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
  const skipped = plan.skipped
    .map(({ path, reason }) => `- ${codeSpan(neutralizeCode(path))}: ${inlineText(reason)}`)
    .join("\n");
  const text = [
    `**${shape(plan)}.** Nothing has been sent to a model.`,
    ...(sentences(plan).length === 0
      ? []
      : [
          sentences(plan)
            .map((note) => `- ${inlineText(note, 500)}`)
            .join("\n"),
        ]),
    ...(rows.length === 0 ? [] : [rows.length > 30 ? folded(counted(rows.length, "subtask"), table) : table]),
    ...(skipped === "" ? [] : [folded(`${counted(plan.skipped.length, "file")} that would not be read`, skipped)]),
  ].join("\n\n");
  return cutMarkdown(text, BODY_LIMIT, CUT);
}

/** The plan for a terminal: plain text, one subtask a line with its files under it, safe to print. Ends without a line break. */
export function planText(plan: Plan): string {
  const lines = [shape(plan), ...sentences(plan).map((note) => `  ${note}`)];
  for (const subtask of plan.subtasks) {
    lines.push("", `${subtask.id}  ${subtask.description}  [${subtask.risk}, ${subtask.lens}, ${waits(subtask)}]`);
    lines.push(`    why: ${subtask.why}`);
    for (const { path, hunks } of subtask.files) {
      lines.push(`    ${path}${hunks === "all" ? "" : ` (${counted(hunks.length, "hunk")})`}`);
    }
  }
  if (plan.skipped.length > 0) {
    lines.push("", `not read (${counted(plan.skipped.length, "file")}):`);
    for (const { path, reason } of plan.skipped) lines.push(`    ${path}: ${reason}`);
  }
  return lines.map(logSafe).join("\n");
}

function sentences(plan: Plan): readonly string[] {
  return [...plan.notes, ...plan.warnings];
}

function shape(plan: Plan): string {
  const files = new Set(plan.subtasks.flatMap((subtask) => subtask.files.map((file) => file.path))).size;
  const waves = new Set(plan.subtasks.map((subtask) => subtask.wave)).size;
  const skipped = plan.skipped.length === 0 ? "" : `, ${plan.skipped.length} skipped`;
  const order = waves > 1 ? ` in ${counted(waves, "wave")}` : "";
  return `Plan: ${counted(files, "file")} in ${counted(plan.subtasks.length, "subtask")}${order}${skipped}`;
}

function waits(subtask: Subtask): string {
  return subtask.dependsOn.length === 0 ? "at once" : `after ${subtask.dependsOn.join(", ")}`;
}
