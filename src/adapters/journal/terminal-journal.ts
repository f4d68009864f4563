import type { RunEvent } from "../../domain/event.ts";
import type { Outcome, Subtask } from "../../domain/subtask.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Journal } from "../../ports/journal.ts";

/** Where the lines go: a terminal is rewritten in place, anything else gets one plain line per event. */
export type ProgressOutput = {
  readonly isTerminal: boolean;
  /** In characters; a terminal line that wraps cannot be rewritten. */
  readonly columns: number;
  write(text: string): void;
};

/** Running subtasks shown at once on a terminal; the rest is a count. */
const MAX_LIVE_LINES = 12;

type Running = { readonly subtask: Subtask; readonly sinceMs: number; tool: string };

/** Progress for a person: a live line per running subtask on a terminal, plain lines elsewhere. `clean` makes text safe to print. */
export function terminalJournal(output: ProgressOutput, clock: Clock, clean: (text: string) => string): Journal {
  const running = new Map<string, Running>();
  let total = 0;
  let ended = 0;
  let found = 0;
  let liveLines = 0;

  const erase = (): void => {
    if (liveLines > 0) output.write(`\u001b[${liveLines}A\u001b[0J`);
    liveLines = 0;
  };
  const print = (line: string): void => {
    erase();
    output.write(`${clean(line)}\n`);
    draw();
  };
  const draw = (): void => {
    if (!output.isTerminal || running.size === 0) return;
    const shown = [...running.values()].slice(0, MAX_LIVE_LINES);
    const lines = shown.map(({ subtask, sinceMs, tool }) => {
      const seconds = Math.floor((clock.now() - sinceMs) / 1_000);
      return `  ${subtask.id} ${subtask.description} ${seconds} s${tool === "" ? "" : ` (${tool})`}`;
    });
    if (running.size > shown.length) lines.push(`  and ${running.size - shown.length} more`);
    lines.push(`  ${ended} of ${total} subtasks, ${found} reports`);
    for (const line of lines) output.write(`${clean(line).slice(0, output.columns - 1)}\n`);
    liveLines = lines.length;
  };
  const redraw = (): void => {
    if (!output.isTerminal) return;
    erase();
    draw();
  };

  const write = (event: RunEvent): void => {
    switch (event.kind) {
      case "run-start":
        return print(event.description);
      case "plan-ready": {
        total = event.plan.subtasks.length;
        const files = new Set(event.plan.subtasks.flatMap((subtask) => subtask.files.map(({ path }) => path))).size;
        const skipped = event.plan.skipped.length === 0 ? "" : `, ${event.plan.skipped.length} skipped`;
        return print(`plan: ${count(files, "file")} in ${count(total, "subtask")}${skipped}`);
      }
      case "subtask-start":
        running.set(event.subtask.id, { subtask: event.subtask, sinceMs: clock.now(), tool: "" });
        return output.isTerminal ? redraw() : print(`${event.subtask.id} started: ${event.subtask.description}`);
      case "tool-call": {
        const task = running.get(event.subtaskId);
        if (task !== undefined) task.tool = event.tool;
        return redraw();
      }
      case "claims-report":
        found += event.count;
        return redraw();
      case "subtask-end":
        running.delete(event.subtask.id);
        ended += 1;
        return print(endLine(event.subtask, event.outcome));
      case "published":
        return print(event.url);
      case "waiting":
        return print(event.message);
      case "degradation":
        return print(`note: ${event.message}`);
      case "run-end":
        return erase();
      default:
        return event satisfies never;
    }
  };
  return { write };
}

function endLine(subtask: Subtask, outcome: Outcome): string {
  const seconds = ((outcome.endedMs - outcome.startedMs) / 1_000).toFixed(1);
  const result = outcome.judgement?.verdict ?? count(outcome.claims.length, "report");
  const head = `${subtask.id} ${subtask.description}: ${result} in ${seconds} s`;
  switch (outcome.end) {
    case "done":
      return head;
    case "out-of-budget":
      return `${head}, ended early: its ${outcome.limit} ran out`;
    case "refused":
    case "cancelled":
      return `${head}, ${outcome.end}: ${outcome.reason}`;
    case "failed":
      return `${head}, failed: ${outcome.error.message}`;
    default:
      return outcome satisfies never;
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
