import { counted } from "../figures.ts";
import { inlineCode } from "./inline-code.ts";
import { liveBlock } from "./live-block.ts";
import { markup, type Markup } from "./markup.ts";
import { addressPart, moment } from "./words.ts";

/** A job that was given up. */
export type DeadLine = {
  readonly id: string;
  readonly what: string;
  readonly reason: string;
  readonly attempts: number;
  readonly diedMs: number;
  /** Whether the viewer may put it in line again. */
  readonly mayReplay: boolean;
};

/** Jobs that were given up, each with the way to put it in line again. */
export function deadLettersPage(letters: readonly DeadLine[], csrf: string): Markup {
  const items = letters.map(
    ({ id, what, reason, attempts, diedMs, mayReplay }) => markup`<li>
<h2><a href="/runs/${addressPart(id)}">${what}</a></h2>
<p class="muted small">given up ${moment(diedMs)} after ${counted(attempts, "attempt")}</p>
<p class="callout">${inlineCode(reason)}</p>
${mayReplay ? markup`<form class="actions" method="post" action="/dead-letters/${addressPart(id)}/replay"><input type="hidden" name="csrf" value="${csrf}"><button id="replay-${id}">Put in line again</button></form>` : undefined}
</li>`,
  );
  return markup`<h1>Dead letters</h1>
<p class="muted">Jobs that failed too often, or in a way that does not pass by itself. Mend the cause first.</p>
${liveBlock("letters", items.length === 0 ? markup`<p class="blank">There are none.</p>` : markup`<ul class="letters">${items}</ul>`)}`;
}
