import { markup, type Markup } from "./markup.ts";

const DAY = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", year: "numeric", timeZone: "UTC" });
const STEPS = [
  [60, "second"],
  [3600, "minute"],
  [86_400, "hour"],
  [30 * 86_400, "day"],
] as const;

/** A time as GitHub shows it: how long ago within a month, else the day; the exact time on hover. */
export function timeElement(iso: string, now: Date): Markup {
  return markup`<time datetime="${iso}" title="${iso.replace("T", " ").replace("Z", " UTC")}">${ago(iso, now)}</time>`;
}

function ago(iso: string, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - Date.parse(iso)) / 1000);
  if (seconds < 10) return "now";
  let unit = 1;
  for (const [limit, name] of STEPS) {
    const count = Math.floor(seconds / unit);
    if (seconds < limit) return `${String(count)} ${name}${count === 1 ? "" : "s"} ago`;
    unit = limit;
  }
  return `on ${DAY.format(new Date(iso))}`;
}

/** A length of time such as `850ms`, `12s` or `3m 5s`. */
export function duration(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  return seconds < 60 ? `${String(seconds)}s` : `${String(Math.floor(seconds / 60))}m ${String(seconds % 60)}s`;
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
