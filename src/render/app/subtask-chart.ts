import type { RunSubtask } from "../../domain/run-progress.ts";
import { duration } from "../figures.ts";
import { markup, type Markup } from "./markup.ts";
import { subtaskWord } from "./subtask-word.ts";

/** More bars than this are no picture; neighbours of a wave are then drawn as one. */
const MAX_BARS = 80;
const MAX_LABEL = 70;
const ROW = 34;
const AXIS = 26;
/** A bar is never thinner than this share of the width. */
const LEAST = 0.4;

/** A subtask or several. Milliseconds since the epoch. */
type Bar = {
  readonly label: string;
  readonly status: RunSubtask["status"];
  readonly from: number;
  readonly to: number;
};

/**
 * The subtasks over time as an SVG picture: a line of text and a bar for each, in plan order. Everything is placed by shares of the
 * width, so that text keeps its size on a telephone. Undefined while none has started. What it shows is also in the table of the subtasks.
 */
export function subtaskChart(subtasks: readonly RunSubtask[], nowMs: number): Markup | undefined {
  const bars = barsOf(subtasks, nowMs);
  if (bars.length === 0) return undefined;
  const from = Math.min(...bars.map((bar) => bar.from));
  const span = Math.max(1, Math.max(...bars.map((bar) => bar.to)) - from);
  const height = bars.length * ROW;
  const share = (ms: number): number => ((ms - from) / span) * 100;
  const step = tickStep(span);
  const ticks = Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step).map((tick) => {
    const x = percent((tick / span) * 100);
    const anchor = tick === 0 ? "start" : tick / span > 0.95 ? "end" : "middle";
    return markup`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${height}"/><text class="tick" x="${x}" y="${height + 18}" text-anchor="${anchor}">${tickLabel(tick, step)}</text>`;
  });
  const rows = bars.map((bar, index) => {
    const width = Math.max(LEAST, share(bar.to) - share(bar.from));
    const x = Math.min(share(bar.from), 100 - width);
    const y = index * ROW;
    return markup`<g><title>${bar.label}: ${subtaskWord(bar)}, ${duration(bar.to - bar.from)}</title><text class="name" x="0" y="${y + 13}">${shorten(bar.label)}</text><rect class="track" x="0" y="${y + 18}" width="100%" height="9" rx="2"/><rect class="bar ${bar.status}" x="${percent(x)}" y="${y + 18}" width="${percent(width)}" height="9" rx="2"/></g>`;
  });
  const title = `${subtasks.length} subtasks over ${duration(span)}`;
  return markup`<svg class="chart" width="100%" height="${height + AXIS}" role="img" aria-label="${title}">${ticks}${rows}</svg>`;
}

function barsOf(subtasks: readonly RunSubtask[], nowMs: number): readonly Bar[] {
  const started = subtasks.filter((subtask) => subtask.startedMs !== undefined);
  const perBar = Math.ceil(started.length / MAX_BARS);
  const groups = [...Map.groupBy(started, ({ wave }) => wave).values()].flatMap((wave) =>
    Array.from({ length: Math.ceil(wave.length / perBar) }, (_, at) => wave.slice(at * perBar, (at + 1) * perBar)),
  );
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const last = group.at(-1) ?? first;
    return {
      label:
        group.length === 1
          ? `${first.id} ${first.description}`
          : `${first.id} to ${last.id} (${group.length} subtasks)`,
      status: worst(group),
      from: Math.min(...group.map(({ startedMs }) => startedMs ?? nowMs)),
      to: Math.max(...group.map(({ startedMs, endedMs }) => Math.max(endedMs ?? nowMs, startedMs ?? nowMs))),
    };
  });
}

/** What of a group is most worth knowing. */
function worst(group: readonly RunSubtask[]): RunSubtask["status"] {
  const order = ["failed", "running", "refused", "out-of-budget", "cancelled"] as const;
  return order.find((status) => group.some((subtask) => subtask.status === status)) ?? "done";
}

function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length <= MAX_LABEL ? text : `${characters.slice(0, MAX_LABEL - 1).join("")}…`;
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`;
}

/** 1, 2 or 5 times a power of ten milliseconds, so that about five ticks fit. */
function tickStep(span: number): number {
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
}

function tickLabel(ms: number, step: number): string {
  if (ms === 0) return "0";
  if (step < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const rest = seconds % 60;
  return rest === 0
    ? `${Math.floor(seconds / 60)} min`
    : `${Math.floor(seconds / 60)}:${String(rest).padStart(2, "0")}`;
}
