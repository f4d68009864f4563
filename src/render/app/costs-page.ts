import { counted } from "../figures.ts";
import { markup, type Markup } from "./markup.ts";
import { addressPart, money } from "./words.ts";

/** What one repository spent on one day (UTC, `2026-11-22`). */
export type CostLine = {
  readonly repository: string;
  readonly day: string;
  readonly runs: number;
  readonly costUsd: number;
};

export type Costs = {
  /** How many days back, today included. */
  readonly days: number;
  /** The days in question, oldest first, `2026-11-22`. */
  readonly range: readonly string[];
  /** Newest day first, then by cost. */
  readonly lines: readonly CostLine[];
};

/** The lengths of time that can be asked for. */
export const COST_RANGES = [7, 30, 90] as const;

const HEIGHT = 120;
const MAX_ROWS = 500;

/** What was spent: a picture by day, and tables by repository and by both. */
export function costsPage({ days, range, lines }: Costs): Markup {
  const choices = COST_RANGES.map((count) =>
    count === days
      ? markup`<a href="/costs?days=${count}" aria-current="true">${count} days</a>`
      : markup`<a href="/costs?days=${count}">${count} days</a>`,
  );
  const total = sum(lines);
  return markup`<h1>Costs</h1>
<nav class="choices" aria-label="Length of time">${choices}</nav>
<p class="total"><strong>${money(total)}</strong> for ${counted(runsOf(lines), "run")} in the last ${days} days</p>
${lines.length === 0 ? undefined : markup`${picture(range, lines)}${byRepository(lines, total)}${byDay(lines)}`}`;
}

function picture(range: readonly string[], lines: readonly CostLine[]): Markup {
  const days = Map.groupBy(lines, ({ day }) => day);
  const costs = range.map((day) => ({ day, cost: sum(days.get(day) ?? []) }));
  const most = Math.max(...costs.map(({ cost }) => cost), Number.MIN_VALUE);
  const width = 100 / range.length;
  const bars = costs.map(({ day, cost }, index) => {
    const height = (cost / most) * HEIGHT;
    return markup`<g><title>${day}: ${money(cost)}</title><rect class="slot" x="${(index * width).toFixed(3)}%" y="0" width="${width.toFixed(3)}%" height="${HEIGHT}"/><rect class="bar done" x="${(index * width + width * 0.1).toFixed(3)}%" y="${(HEIGHT - height).toFixed(1)}" width="${(width * 0.8).toFixed(3)}%" height="${height.toFixed(1)}"/></g>`;
  });
  return markup`<figure class="costs"><svg class="chart" width="100%" height="${HEIGHT + 22}" role="img" aria-label="Cost by day; the most on one day was ${money(most)}">${bars}<line class="grid" x1="0" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}"/><text class="tick" x="0" y="${HEIGHT + 16}">${range[0] ?? ""}</text><text class="tick" x="100%" y="${HEIGHT + 16}" text-anchor="end">${range.at(-1) ?? ""}</text></svg><figcaption class="muted">Highest bar: ${money(most)}</figcaption></figure>`;
}

function byRepository(lines: readonly CostLine[], total: number): Markup {
  const groups = [...Map.groupBy(lines, ({ repository }) => repository)]
    .map(([repository, members]) => ({ repository, cost: sum(members), runs: runsOf(members) }))
    .toSorted((a, b) => b.cost - a.cost || (a.repository < b.repository ? -1 : 1));
  const rows = groups
    .slice(0, MAX_ROWS)
    .map(
      ({ repository, cost, runs }) =>
        markup`<tr><td><a href="/runs?repository=${addressPart(repository)}">${repository}</a></td><td class="figure">${runs}</td><td class="figure">${money(cost)}</td><td class="figure">${total === 0 ? "–" : `${Math.round((cost / total) * 100)} %`}</td></tr>`,
    );
  return markup`<section aria-labelledby="repositories-title"><h2 id="repositories-title">By repository</h2><div class="scroll"><table><thead><tr><th scope="col">Repository</th><th scope="col" class="figure">Runs</th><th scope="col" class="figure">Cost</th><th scope="col" class="figure">Share</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function byDay(lines: readonly CostLine[]): Markup {
  const rows = lines
    .slice(0, MAX_ROWS)
    .map(
      ({ day, repository, runs, costUsd }) =>
        markup`<tr><td>${day}</td><td>${repository}</td><td class="figure">${runs}</td><td class="figure">${money(costUsd)}</td></tr>`,
    );
  const rest = lines.length - rows.length;
  return markup`<section aria-labelledby="days-title"><h2 id="days-title">By day</h2><div class="scroll"><table><thead><tr><th scope="col">Day (UTC)</th><th scope="col">Repository</th><th scope="col" class="figure">Runs</th><th scope="col" class="figure">Cost</th></tr></thead><tbody>${rows}</tbody></table></div>${rest === 0 ? undefined : markup`<p class="muted">${rest} older lines are left out.</p>`}</section>`;
}

function sum(lines: readonly CostLine[]): number {
  return lines.reduce((all, { costUsd }) => all + costUsd, 0);
}

function runsOf(lines: readonly CostLine[]): number {
  return lines.reduce((all, { runs }) => all + runs, 0);
}
