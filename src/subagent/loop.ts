import type { Effort } from "../domain/effort.ts";
import { ExternalError } from "../domain/errors.ts";
import type { Claim } from "../domain/finding.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import { NO_USAGE, promptTokens } from "../domain/usage.ts";
import type { Clock } from "../ports/clock.ts";
import type { Message, ToolResult, Turn, TurnRequest } from "../ports/model.ts";
import { type Answerer, answerCalls } from "./answer-calls.ts";
import type { Brief } from "./brief.ts";
import { type Account, payTurn, type Tab } from "./pay-turn.ts";
import { REPORT_FINDINGS } from "./report-findings.ts";

/** The most output a turn is given when its first try was cut; within the limit of every model we know (64,000 or more). */
const MOST_OUTPUT_TOKENS = 64_000;
/** Times a turn that the service paused is taken up again. */
const MAX_PAUSES = 4;

export type SubagentOptions = Account &
  Answerer & {
    readonly modelId: string;
    readonly effort: Effort | undefined;
    readonly clock: Clock;
    /** Of its requests, where they have to wait; higher goes first. */
    readonly priority?: number;
  };

/** What the loop has so far; every ending reports it. */
type Progress = Tab & { claims: readonly Claim[] };

/**
 * Runs one fresh subagent from its brief to its end. Resolves for every ending and keeps what was reported before it. A report
 * marked final ends it without another request, unless one of its findings needs mending and there is a turn left to do so.
 */
export async function runSubagent(
  subtask: Subtask,
  brief: Brief,
  options: SubagentOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const startedMs = options.clock.now();
  const progress: Progress = { claims: [], usage: NO_USAGE, costUsd: 0, turns: 0 };
  const ended = <Ending>(ending: Ending) => ({
    subtaskId: subtask.id,
    ...progress,
    startedMs,
    endedMs: options.clock.now(),
    ...ending,
  });
  try {
    return ended(await converse(subtask, brief, options, progress, signal));
  } catch (error) {
    if (signal.aborted) return ended({ end: "cancelled", reason: reasonOf(signal) } as const);
    if (error instanceof ExternalError && error.fault === "too-long") return ended(out("context"));
    return ended({ end: "failed", error: error instanceof Error ? error : new Error(String(error)) } as const);
  }
}

type Limit = "turns" | "tokens" | "money" | "context";
type End =
  | { readonly end: "done" }
  | { readonly end: "out-of-budget"; readonly limit: Limit }
  | { readonly end: "refused"; readonly reason: string }
  | { readonly end: "failed"; readonly error: Error };

async function converse(
  subtask: Subtask,
  brief: Brief,
  options: SubagentOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<End> {
  const { budget } = subtask;
  const messages: Message[] = [{ role: "user", text: brief.task }];
  let outputTokens = budget.outputTokens;
  let hasReported = false;
  let repairs = 0;
  let pauses = 0;
  for (;;) {
    const before = tokensOf(progress);
    const turn = await payTurn(requestFor(brief, messages, options, outputTokens), options, progress, signal);
    if (turn === undefined) return out("money");
    const turnsLeft = budget.turns - progress.turns;
    const spent = tokensOf(progress);
    // The next prompt is at least as long as this one.
    const isNextLast = turnsLeft === 1 || spent + 2 * (spent - before) >= budget.tokens;
    switch (turn.stop) {
      case "refusal":
        return { end: "refused", reason: turn.refusal ?? "no reason given" };
      case "context-full":
        return out("context");
      case "pause":
        pauses += 1;
        if (pauses > MAX_PAUSES) return failed("the model paused its turn again and again");
        pushReplay(messages, turn);
        break;
      case "tools": {
        const { results, claims, reported, final, mend } = await answerCalls(
          turn.calls,
          progress.claims,
          options,
          signal,
        );
        progress.claims = claims;
        hasReported ||= reported;
        if (final && !(mend && repairs === 0 && turnsLeft > 0)) return { end: "done" };
        if (final) repairs += 1;
        pushReplay(messages, turn);
        messages.push({ role: "tool", results: isNextLast && !final ? withLastCall(results) : results });
        break;
      }
      case "length":
        // Cut output is not sent back: half a tool call cannot be answered. The same question gets more room, once.
        if (outputTokens > budget.outputTokens || outputTokens >= MOST_OUTPUT_TOKENS) return out("tokens");
        outputTokens = Math.min(2 * outputTokens, MOST_OUTPUT_TOKENS);
        break;
      case "end":
      case "unknown":
        if (hasReported && turn.stop === "end") return { end: "done" };
        if (repairs > 0) return failed("the model ended without a report");
        repairs += 1;
        pushReplay(messages, turn);
        messages.push({ role: "user", text: REMINDER });
        break;
      default:
        return turn.stop satisfies never;
    }
    if (turnsLeft <= 0) return out("turns");
    if (spent >= budget.tokens) return out("tokens");
  }
}

const REMINDER = "Call report_findings with final: true; findings: [] if there is nothing to report.";
const LAST_CALL =
  "[Your next turn is your last: call report_findings with final: true and what you have proved; other calls will not be answered.]";

/** The last word goes into the last result: text behind tool results makes the model end its turn with nothing. */
function withLastCall(results: readonly ToolResult[]): readonly ToolResult[] {
  return results.map((result, index) =>
    index === results.length - 1 ? { ...result, text: `${result.text}\n\n${LAST_CALL}` } : result,
  );
}

function pushReplay(messages: Message[], turn: Turn): void {
  if (turn.replay !== undefined) messages.push({ role: "assistant", replay: turn.replay });
}

function requestFor(
  brief: Brief,
  messages: readonly Message[],
  options: SubagentOptions,
  maxOutputTokens: number,
): TurnRequest {
  return {
    model: options.modelId,
    system: brief.system,
    prefix: brief.prefix,
    messages,
    tools: [...options.tools.map((tool) => tool.spec), REPORT_FINDINGS],
    maxOutputTokens,
    effort: options.effort,
    ...(options.priority === undefined ? {} : { priority: options.priority }),
  };
}

function tokensOf({ usage }: Progress): number {
  return promptTokens(usage) + usage.outputTokens;
}

function out(limit: Limit): { readonly end: "out-of-budget"; readonly limit: Limit } {
  return { end: "out-of-budget", limit };
}

function failed(text: string): { readonly end: "failed"; readonly error: Error } {
  return { end: "failed", error: new ExternalError("Claude", text) };
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}
