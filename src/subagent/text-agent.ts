import type { Effort } from "../domain/effort.ts";
import { ExternalError } from "../domain/errors.ts";
import type { Budget } from "../domain/subtask.ts";
import { NO_USAGE, promptTokens, type Usage } from "../domain/usage.ts";
import type { Message, ToolCall, ToolResult, TurnRequest } from "../ports/model.ts";
import { type Account, payTurn, type Tab } from "./pay-turn.ts";
import { runTool, type Tool } from "./toolbox.ts";

/** Tool calls of one turn that run at the same time; the rest of the turn waits. Claude Code's own cap. */
const PARALLEL_CALLS = 10;
/** Calls of one turn that are answered at all. */
const MAX_CALLS_PER_TURN = 50;
const LAST_TURN =
  "[Your next turn is your last: answer with what you have; calls of other tools will not be answered.]";

export type TextAgentOptions = Account & {
  readonly modelId: string;
  readonly effort: Effort | undefined;
  readonly system: string;
  /** All it is told. */
  readonly prompt: string;
  readonly tools: readonly Tool[];
  readonly budget: Budget;
  /** Whether a tool call has ended it: then nothing more is asked. */
  readonly isOver?: () => boolean;
};

/** How an agent that answers in prose ended. `text` is the last thing it said, "" when it said nothing. */
export type TextOutcome = {
  readonly text: string;
  readonly usage: Usage;
  readonly costUsd: number;
  readonly turns: number;
} & (
  | { readonly end: "done" }
  | { readonly end: "out-of-budget"; readonly limit: "turns" | "tokens" | "money" | "context" }
  | { readonly end: "refused" | "cancelled"; readonly reason: string }
  | { readonly end: "failed"; readonly error: Error }
);

type End = TextOutcome extends infer Each ? (Each extends unknown ? Omit<Each, "text" | keyof Tab> : never) : never;
type Progress = Tab & { text: string };

/** Runs an agent that looks around with its tools and ends with a text. Resolves for every ending. */
export async function runTextAgent(options: TextAgentOptions, signal: AbortSignal): Promise<TextOutcome> {
  const progress: Progress = { text: "", usage: NO_USAGE, costUsd: 0, turns: 0 };
  try {
    const end = await converse(options, progress, signal);
    return { ...progress, ...end };
  } catch (error) {
    if (signal.aborted) return { ...progress, end: "cancelled", reason: reasonOf(signal) };
    if (error instanceof ExternalError && error.fault === "too-long") {
      return { ...progress, end: "out-of-budget", limit: "context" };
    }
    return { ...progress, end: "failed", error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function converse(options: TextAgentOptions, progress: Progress, signal: AbortSignal): Promise<End> {
  const { budget } = options;
  const messages: Message[] = [{ role: "user", text: options.prompt }];
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- a conversation has an order
    const turn = await payTurn(requestFor(options, messages), options, progress, signal);
    if (turn === undefined) return { end: "out-of-budget", limit: "money" };
    if (turn.text !== "") progress.text = turn.text;
    const turnsLeft = budget.turns - progress.turns;
    if (turn.replay !== undefined) messages.push({ role: "assistant", replay: turn.replay });
    switch (turn.stop) {
      case "refusal":
        return { end: "refused", reason: turn.refusal ?? "no reason given" };
      case "context-full":
        return { end: "out-of-budget", limit: "context" };
      case "length":
        return { end: "out-of-budget", limit: "tokens" };
      case "end":
      case "unknown":
        return { end: "done" };
      case "pause":
        break;
      case "tools": {
        // oxlint-disable-next-line no-await-in-loop -- as above
        const results = await answerAll(turn.calls, options.tools, signal);
        if (options.isOver?.() === true) return { end: "done" };
        messages.push({ role: "tool", results: turnsLeft === 1 ? withLastWord(results) : results });
        break;
      }
      default:
        return turn.stop satisfies never;
    }
    if (turnsLeft <= 0) return { end: "out-of-budget", limit: "turns" };
    if (promptTokens(progress.usage) + progress.usage.outputTokens >= budget.tokens) {
      return { end: "out-of-budget", limit: "tokens" };
    }
  }
}

function requestFor(options: TextAgentOptions, messages: readonly Message[]): TurnRequest {
  return {
    model: options.modelId,
    system: options.system,
    prefix: "",
    messages: [...messages],
    tools: options.tools.map(({ spec }) => spec),
    maxOutputTokens: options.budget.outputTokens,
    effort: options.effort,
  };
}

async function answerAll(
  calls: readonly ToolCall[],
  tools: readonly Tool[],
  signal: AbortSignal,
): Promise<readonly ToolResult[]> {
  const results: ToolResult[] = [];
  for (let start = 0; start < calls.length; start += PARALLEL_CALLS) {
    const batch = calls
      .slice(start, start + PARALLEL_CALLS)
      .map(async (call, index) =>
        start + index < MAX_CALLS_PER_TURN
          ? runTool(tools, call, signal)
          : { callId: call.id, text: `too many calls in one turn; at most ${MAX_CALLS_PER_TURN}`, isError: true },
      );
    // oxlint-disable-next-line no-await-in-loop -- batch after batch is the cap
    results.push(...(await Promise.all(batch)));
  }
  return results;
}

/** In the last result: text behind tool results makes the model end its turn with nothing. */
function withLastWord(results: readonly ToolResult[]): readonly ToolResult[] {
  return results.map((result, index) =>
    index === results.length - 1 ? { ...result, text: `${result.text}\n\n${LAST_TURN}` } : result,
  );
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}
