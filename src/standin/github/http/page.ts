import type { Answer } from "./answer.ts";

/** A page of a list, 30 entries unless asked, 100 at most, with GitHub's Link header. */
export function page(items: readonly unknown[], url: URL, wrap?: (entries: readonly unknown[]) => unknown): Answer {
  const size = clamp(url.searchParams.get("per_page"), 30, 100);
  const current = clamp(url.searchParams.get("page"), 1, Number.MAX_SAFE_INTEGER);
  const last = Math.max(1, Math.ceil(items.length / size));
  const entries = items.slice((current - 1) * size, current * size);
  const body = wrap === undefined ? entries : wrap(entries);
  const link = links(url, current, last);
  return link === "" ? { status: 200, body } : { status: 200, body, headers: { link } };
}

function clamp(text: string | null, fallback: number, most: number): number {
  const value = Number(text ?? "");
  return Number.isInteger(value) && value > 0 ? Math.min(value, most) : fallback;
}

function links(url: URL, current: number, last: number): string {
  const to = (number: number, relation: string): string => {
    const target = new URL(url);
    target.searchParams.set("page", String(number));
    return `<${target.href}>; rel="${relation}"`;
  };
  const result: string[] = [];
  if (current > 1) result.push(to(Math.min(current - 1, last), "prev"));
  if (current < last) result.push(to(current + 1, "next"), to(last, "last"));
  if (current > 1) result.push(to(1, "first"));
  return result.join(", ");
}
