import type { RunSummary } from "../../domain/run-summary.ts";
import { duration, tokens } from "../figures.ts";
import { markup, type Markup } from "./markup.ts";
import { addressPart, moment, money, runTitle } from "./words.ts";

/** One request to the model and what came of it; texts are redacted already. */
export type TranscriptTurn = {
  readonly turn: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly costUsd: number;
  readonly tokensIn?: number;
  readonly tokensOut?: number;
  /** What the model said. */
  readonly text?: string;
  /** What it asked for: a tool's name and its input as JSON. */
  readonly calls: readonly { readonly name: string; readonly input: string }[];
  /** Why there is no answer, or none that could be kept. */
  readonly problem?: string;
};

export type Transcript = {
  readonly run: RunSummary;
  readonly asker: string;
  readonly description?: string | undefined;
  readonly turns: readonly TranscriptTurn[];
};

/** Everything one subagent said, turn by turn. */
export function transcriptPage({ run, asker, description, turns }: Transcript): Markup {
  const name = description === undefined ? asker : `${asker} ${description}`;
  return markup`<p class="back"><a href="/runs/${addressPart(run.id)}">${runTitle(run)}</a></p>
<h1>Transcript of ${name}</h1>
<p class="muted">What the model answered and which tools it asked for. What it was told, and the files it read, are not kept. Secrets are masked.</p>
${turns.length === 0 ? markup`<p class="blank">Nothing was asked.</p>` : markup`<ol class="turns">${turns.map(turnItem)}</ol>`}`;
}

function turnItem(turn: TranscriptTurn): Markup {
  const { text = "", calls, problem, tokensIn, tokensOut } = turn;
  const usage = tokensIn === undefined ? "" : ` · ${tokens(tokensIn)} in, ${tokens(tokensOut ?? 0)} out`;
  return markup`<li><h2>Turn ${turn.turn}</h2><p class="muted small">${moment(turn.startedMs)} · ${duration(turn.endedMs - turn.startedMs)}${usage} · ${money(turn.costUsd)}</p>
${problem === undefined ? undefined : markup`<p class="callout">${problem}</p>`}
${text === "" ? undefined : markup`<p class="prose">${text}</p>`}
${calls.map(({ name, input }) => markup`<div class="call"><p><code>${name}</code></p><pre tabindex="0" aria-label="Input of ${name}"><code>${input}</code></pre></div>`)}</li>`;
}
