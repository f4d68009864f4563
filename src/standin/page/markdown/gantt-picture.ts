import { markup, type Markup } from "../markup.ts";
import type { Gantt, GanttTask } from "./gantt.ts";

const WIDTH = 860;
const LABELS = 150;
const RIGHT = 20;
const ROW = 26;
const BAR = 19;
/** Pixels a character takes in the picture's 11 px type, on average. */
const CHARACTER = 6.1;

/** Draws a gantt chart as an SVG picture in the page's colours: sections as bands, a bar for each task, a time axis below. */
export function ganttPicture(gantt: Gantt): Markup {
  const from = Math.min(...gantt.tasks.map(({ start }) => start));
  const span = Math.max(1, Math.max(...gantt.tasks.map(({ end }) => end)) - from);
  const x = (time: number): number => LABELS + ((time - from) / span) * (WIDTH - LABELS - RIGHT);
  const top = gantt.title === undefined ? 10 : 38;
  const bottom = top + gantt.tasks.length * ROW;
  const step = tickStep(span);
  const ticks = Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => from + index * step);

  const title =
    gantt.title === undefined
      ? undefined
      : markup`<text class="gantt-title" x="${WIDTH / 2}" y="22">${gantt.title}</text>`;
  const grid = ticks.map(
    (tick) =>
      markup`<line class="gantt-grid" x1="${at(x(tick))}" x2="${at(x(tick))}" y1="${top}" y2="${bottom}"/><text class="gantt-tick" x="${at(x(tick))}" y="${bottom + 16}">${tickLabel(tick, step, gantt.isCalendar)}</text>`,
  );
  return markup`<div class="scroll gantt"><svg viewBox="0 0 ${WIDTH} ${bottom + 26}" width="${WIDTH}" height="${bottom + 26}" role="img" aria-label="${gantt.title ?? "Gantt chart"}">${title}${bands(gantt.tasks, top)}${grid}${gantt.tasks.map((task, row) => bar(task, top + row * ROW, x))}</svg></div>`;
}

function bands(tasks: readonly GanttTask[], top: number): Markup[] {
  const sections: { name: string | undefined; first: number; count: number }[] = [];
  for (const [row, { section }] of tasks.entries()) {
    const last = sections.at(-1);
    if (last !== undefined && last.name === section) last.count += 1;
    else sections.push({ name: section, first: row, count: 1 });
  }
  return sections.map(({ name, first, count }, index) => {
    const y = top + first * ROW;
    const label =
      name === undefined
        ? undefined
        : markup`<text class="gantt-section" x="10" y="${y + (count * ROW) / 2 + 4}">${shorten(name, LABELS - 20)}<title>${name}</title></text>`;
    return markup`<rect class="gantt-band${index % 2 === 0 ? "" : " odd"}" x="0" y="${y}" width="${WIDTH}" height="${count * ROW}"/>${label}`;
  });
}

function bar(task: GanttTask, y: number, x: (time: number) => number): Markup {
  const left = x(task.start);
  const width = Math.max(3, x(task.end) - left);
  const textWidth = task.name.length * CHARACTER;
  const fits = textWidth + 8 <= width;
  const roomRight = WIDTH - (left + width) - 6;
  const roomLeft = left - LABELS - 6;
  const outsideRight = textWidth <= roomRight || roomRight >= roomLeft;
  const place = fits
    ? markup`class="gantt-name" x="${at(left + width / 2)}"`
    : outsideRight
      ? markup`class="gantt-name outside" x="${at(left + width + 5)}"`
      : markup`class="gantt-name outside before" x="${at(left - 5)}"`;
  const name = fits ? task.name : shorten(task.name, outsideRight ? roomRight : roomLeft);
  return markup`<g><rect class="gantt-bar ${task.status}" x="${at(left)}" y="${y + (ROW - BAR) / 2}" width="${at(width)}" height="${BAR}" rx="3"/><text ${place} y="${y + ROW / 2 + 4}">${name}</text><title>${task.name}</title></g>`;
}

function shorten(text: string, width: number): string {
  const most = Math.max(1, Math.floor(width / CHARACTER));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function at(pixels: number): string {
  return pixels.toFixed(1);
}

/** 1, 2 or 5 times a power of ten milliseconds, so that about eight ticks fit. */
function tickStep(span: number): number {
  const rough = span / 8;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
}

function tickLabel(time: number, step: number, isCalendar: boolean): string {
  if (isCalendar && time > 864_000_000) return new Date(time).toISOString().slice(0, 10);
  if (step < 1000) return `${String(Math.round(time))} ms`;
  const seconds = Math.round(time / 1000);
  if (step < 60_000 && seconds < 120) return `${String(seconds)} s`;
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")} min`;
}
