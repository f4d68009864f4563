/** A gantt chart as Mermaid's text describes it. Times are milliseconds on the chart's own axis. */
export interface Gantt {
  readonly title: string | undefined;
  readonly tasks: readonly GanttTask[];
  /** True where the dates are calendar days, false where they are offsets from a start. */
  readonly isCalendar: boolean;
}

export interface GanttTask {
  /** Undefined before the first `section`. */
  readonly section: string | undefined;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly status: "plain" | "done" | "active" | "crit" | "milestone";
}

const STATUSES = ["milestone", "crit", "active", "done"] as const;
const SETTING =
  /^(?:axisFormat|tickInterval|todayMarker|excludes|includes|weekday|weekend|accTitle|accDescr|inclusiveEndDates|topAxis|click)\b/;

/**
 * Reads the part of Mermaid's gantt grammar that reports use: title, dateFormat (x, X, YYYY-MM-DD, HH:mm:ss), sections, and tasks with
 * tags, an id, a start (or `after id`) and an end (or a length). Undefined for another diagram, or where a line is not understood.
 * https://mermaid.js.org/syntax/gantt.html
 */
export function parseGantt(source: string): Gantt | undefined {
  const lines = source
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("%%"));
  if (lines[0] !== "gantt") return undefined;
  let title: string | undefined;
  let section: string | undefined;
  let format = "YYYY-MM-DD";
  const tasks: GanttTask[] = [];
  const ends = new Map<string, number>();
  for (const line of lines.slice(1)) {
    const [, word = "", rest = ""] = /^(title|section|dateFormat)\s+(.*)$/.exec(line) ?? [];
    if (word === "title") title = rest;
    else if (word === "section") section = rest;
    else if (word === "dateFormat") format = rest;
    else if (!SETTING.test(line)) {
      const task = readTask(line, section, format, ends, tasks.at(-1)?.end);
      if (task === undefined) return undefined;
      tasks.push(task);
    }
  }
  return tasks.length === 0 ? undefined : { title, tasks, isCalendar: !/^x$/i.test(format) };
}

function readTask(
  line: string,
  section: string | undefined,
  format: string,
  ends: Map<string, number>,
  previousEnd: number | undefined,
): GanttTask | undefined {
  const colon = line.indexOf(":");
  if (colon < 1) return undefined;
  const fields = line
    .slice(colon + 1)
    .split(",")
    .map((field) => field.trim());
  const tags: string[] = [];
  while (fields[0] !== undefined && STATUSES.some((status) => status === fields[0])) tags.push(fields.shift() ?? "");
  const id = fields.length === 3 ? fields.shift() : undefined;
  const [first = "", second] = fields;
  const last = second ?? first;
  const start = second === undefined ? previousEnd : readStart(first, format, ends);
  if (start === undefined) return undefined;
  const end = readLength(last, start) ?? readTime(last, format);
  if (end === undefined) return undefined;
  if (id !== undefined) ends.set(id, end);
  const status = STATUSES.find((candidate) => tags.includes(candidate)) ?? "plain";
  return { section, name: line.slice(0, colon).trim(), start, end: Math.max(start, end), status };
}

function readStart(text: string, format: string, ends: ReadonlyMap<string, number>): number | undefined {
  const [, ids] = /^after\s+(.+)$/.exec(text) ?? [];
  if (ids === undefined) return readTime(text, format);
  const known = ids.split(/\s+/).flatMap((id) => ends.get(id) ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}

function readTime(text: string, format: string): number | undefined {
  if (/^x$/i.test(format)) return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * (format === "X" ? 1000 : 1) : undefined;
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/.exec(text);
  if (clock !== null) {
    const [, hours, minutes, seconds = 0, fraction = 0] = clock;
    return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction);
  }
  const time = /^\d{4}-\d{2}-\d{2}/.test(text)
    ? Date.parse(/[zZ]|T/.test(text) ? text : `${text.replace(" ", "T")}${text.length > 10 ? "Z" : ""}`)
    : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

function readLength(text: string, start: number): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|[smhdw])$/.exec(text) ?? [];
  return amount === undefined ? undefined : start + Number(amount) * (UNITS[unit] ?? 0);
}
