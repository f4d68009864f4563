import type { RunSubtask } from "../../domain/run-progress.ts";
import { counted, duration } from "../figures.ts";
import { markup, type Markup } from "./markup.ts";
import { subtaskWord } from "./subtask-word.ts";
import { addressPart, money } from "./words.ts";

const MAX_ROWS = 300;

/** The subtasks as a table, each with the way to its transcript; below it the transcripts of who else asked the model. */
export function subtasksTable(
  runId: string,
  subtasks: readonly RunSubtask[],
  askers: readonly string[],
  nowMs: number,
): Markup {
  if (subtasks.length === 0 && askers.length === 0) return markup``;
  const asked = new Set(askers);
  const own = new Set(subtasks.map(({ id }) => id));
  const transcript = (asker: string, text: string): Markup =>
    markup`<a href="/runs/${addressPart(runId)}/transcripts/${addressPart(asker)}">${text}</a>`;
  const rows = subtasks.slice(0, MAX_ROWS).map((subtask) => {
    const { id, description, phase, wave, startedMs, endedMs, turns, costUsd, error } = subtask;
    const time = startedMs === undefined ? "–" : duration(Math.max(0, (endedMs ?? nowMs) - startedMs));
    return markup`<tr>
<td class="what"><strong>${id}</strong> ${description}${error === undefined ? undefined : markup`<span class="by">${error}</span>`}</td>
<td data-name="For">${phase}, wave ${wave + 1}</td>
<td data-name="Status"><span class="badge small ${subtask.status === "waiting" ? "idle" : subtask.status}">${subtaskWord(subtask)}</span></td>
<td data-name="Took" class="figure">${time}</td>
<td data-name="Turns" class="figure">${turns}</td>
<td data-name="Cost" class="figure">${money(costUsd)}</td>
<td>${asked.has(id) && (turns > 0 || subtask.status === "running") ? transcript(id, "Transcript") : undefined}</td>
</tr>`;
  });
  const rest = subtasks.length - rows.length;
  const others = askers.filter((asker) => !own.has(asker));
  return markup`<section aria-labelledby="subtasks-title"><h2 id="subtasks-title">Subtasks <span class="count">${subtasks.length}</span></h2>
${rows.length === 0 ? undefined : markup`<table class="runs"><thead><tr><th scope="col">Subtask</th><th scope="col">For</th><th scope="col">Status</th><th scope="col" class="figure">Took</th><th scope="col" class="figure">Turns</th><th scope="col" class="figure">Cost</th><th scope="col"><span class="hidden">Transcript</span></th></tr></thead><tbody>${rows}</tbody></table>`}
${rest === 0 ? undefined : markup`<p class="muted">${counted(rest, "subtask")} more are in the report.</p>`}
${others.length === 0 ? undefined : markup`<p>Other transcripts: ${others.map((asker, index) => markup`${index === 0 ? "" : ", "}${transcript(asker, asker)}`)}</p>`}</section>`;
}
