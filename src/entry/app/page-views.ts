import { describeJob } from "../../domain/app-job.ts";
import { redactor } from "../../domain/redact.ts";
import { promptTokens } from "../../domain/usage.ts";
import type { DeadLetter } from "../../ports/job-queue.ts";
import type { TranscriptEntry } from "../../ports/run-store.ts";
import type { DeadLine } from "../../render/app/dead-letters-page.ts";
import type { TranscriptTurn } from "../../render/app/transcript-page.ts";
import { runTitle } from "../../render/app/words.ts";

/** A tool's input may hold a whole file. */
const MAX_INPUT = 20_000;

/** What was said between the model and one asker as people may read it: whatever looks like a secret is masked. */
export function turnsOf(entries: readonly TranscriptEntry[]): readonly TranscriptTurn[] {
  const redact = redactor([]);
  return entries.flatMap((entry): TranscriptTurn[] => {
    if (entry.kind !== "turn" && entry.kind !== "failure") return [];
    const { turn, startedMs, endedMs, costUsd } = entry;
    const usage = entry.kind === "turn" ? entry.usage : entry.error.usage;
    const facts = {
      turn,
      startedMs,
      endedMs,
      costUsd,
      ...(usage === undefined ? {} : { tokensIn: promptTokens(usage), tokensOut: usage.outputTokens }),
    };
    if (entry.kind === "failure") return [{ ...facts, calls: [], problem: redact(entry.error.message) }];
    const { answer } = entry;
    if (answer === undefined) return [{ ...facts, calls: [], problem: "The answer was too long to be kept." }];
    const calls = answer.calls.map(({ name, input }) => ({ name, input: redact(written(input)) }));
    const problem = answer.refusal === undefined ? {} : { problem: `The model declined: ${redact(answer.refusal)}` };
    return [{ ...facts, text: redact(answer.text), calls, ...problem }];
  });
}

function written(input: unknown): string {
  const text = input === undefined ? "" : JSON.stringify(input, null, 2);
  return text.length <= MAX_INPUT
    ? text
    : `${text.slice(0, MAX_INPUT)}\n… (${text.length - MAX_INPUT} more characters)`;
}

export function deadLineOf({ id, job, reason, attempts, diedMs }: DeadLetter, mayReplay: boolean): DeadLine {
  return { id, what: runTitle({ ...job, ...describeJob(job) }), reason, attempts, diedMs, mayReplay };
}
