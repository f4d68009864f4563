import type { Report, ReportedSubtask } from "../domain/report.ts";
import { fence } from "./fence.ts";
import { duration } from "./figures.ts";

/** More bars than this are no picture; neighbours of a wave are then drawn as one. */
const MAX_BARS = 60;
const MAX_LABEL = 48;

/** A subtask or several as one bar. Milliseconds from the start of the run. */
type Bar = {
  readonly id: string;
  readonly label: string;
  readonly tag: string;
  readonly from: number;
  readonly to: number;
};

/**
 * The subtasks over time as a Mermaid gantt chart in a fenced block, which GitHub draws: a section for each wave, failed
 * subtasks marked critical. "" when none ran.
 */
export function ganttChart(report: Report): string {
  const { subtasks, wallMs } = report;
  if (subtasks.length === 0) return "";
  const perBar = Math.ceil(subtasks.length / MAX_BARS);
  const waves = Map.groupBy(subtasks, (subtask) => subtask.wave);
  const sections = [...waves]
    .toSorted(([a], [b]) => a - b)
    .map(([wave, members]) => [`    section Wave ${wave + 1}`, ...barsOf(members, perBar).map(barLine)].join("\n"));
  const chart = [
    "gantt",
    `    title ${subtasks.length} ${subtasks.length === 1 ? "subtask" : "subtasks"} in ${duration(wallMs)}`,
    "    dateFormat x",
    "    axisFormat %M:%S",
    "    todayMarker off",
    ...sections,
  ].join("\n");
  return fence(chart, "mermaid");
}

function barsOf(subtasks: readonly ReportedSubtask[], perBar: number): readonly Bar[] {
  const groups = Array.from({ length: Math.ceil(subtasks.length / perBar) }, (_, index) =>
    subtasks.slice(index * perBar, (index + 1) * perBar),
  );
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const failed = group.filter((subtask) => subtask.status === "failed").length;
    const last = group.at(-1) ?? first;
    const label =
      group.length === 1 ? `${first.id} ${first.description}` : `${first.id} to ${last.id} (${group.length} subtasks)`;
    const cut = failed === 0 && group.some((subtask) => subtask.status !== "done") ? "active" : "done";
    return [
      {
        id: first.id,
        label,
        tag: failed > 0 ? "crit" : cut,
        from: Math.min(...group.map((subtask) => subtask.startedMs)),
        to: Math.max(...group.map((subtask) => subtask.endedMs)),
      },
    ];
  });
}

/**
 * Mermaid ends a label at `:` and reads `,` `;` `#` `%%` as syntax, and words such as `section` at the start of a line: labels begin
 * with the id, and a path needs none of the rest to be recognised.
 */
function barLine({ id, label, tag, from, to }: Bar): string {
  const plain =
    label
      .replaceAll(/[^\p{L}\p{N} ._/()-]+/gu, " ")
      .replaceAll(/\s+/g, " ")
      .trim() || id;
  const characters = Array.from(plain);
  const short = characters.length <= MAX_LABEL ? plain : `${characters.slice(0, MAX_LABEL - 1).join("")}…`;
  const start = Math.round(from);
  return `    ${short} :${tag}, ${id.replaceAll(/[^A-Za-z0-9]/g, "")}, ${start}, ${Math.max(Math.round(to), start + 1)}`;
}
