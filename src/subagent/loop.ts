import type { Effort } from "../domain/effort.ts";
import type { Claim } from "../domain/finding.ts";
import { costUsd, type Price, worstCostUsd } from "../domain/price.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import { addUsage, NO_USAGE, promptTokens, type Usage } from "../domain/usage.ts";
import type { Clock } from "../ports/clock.ts";
import type { Message, Model, ToolCall, ToolResult, ToolSpec, Turn, TurnRequest } from "../ports/model.ts";
import type { Brief } from "./brief.ts";
import type { Purse } from "./purse.ts";
import { type FindQuote, readReport, REPORT_FINDINGS, type Reported } from "./report-findings.ts";
import { runTool, type Tool } from "./toolbox.ts";

/** Tool calls of one turn that run at the same time; the rest of the turn waits. Claude Code's own cap. */
const PARALLEL_CALLS = 10;
/** Calls of one turn that are answered at all; a turn with more is confused or hostile. */
const MAX_CALLS_PER_TURN = 50;

export type SubagentOptions = {
  readonly model: Model;
  readonly modelId: string;
  readonly price: Price;
  readonly purse: Purse;
  readonly effort: Effort | undefined;
  readonly clock: Clock;
  readonly findQuote: FindQuote;
  /** The read tools that this subtask was granted. */
  readonly tools: readonly Tool[];
  readonly onToolCall: (tool: string) => void;
  readonly onClaims: (claims: readonly Claim[]) => void;
  /** Default: report_findings. */
  readonly report?: ReportTool;
};

/** How a subagent answers: its report tool, and what a call of it means. A final one ends the subagent. */
export type ReportTool = {
  readonly spec: ToolSpec;
  read(callId: string, input: unknown): Reported;
};

/** What the loop has so far; every ending reports it. */
type Progress = { claims: Claim[]; usage: Usage; costUsd: number; turns: number };

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
    return ended({ end: "failed", error: error instanceof Error ? error : new Error(String(error)) } as const);
  }
}

type End =
  | { readonly end: "done" }
  | { readonly end: "out-of-budget"; readonly limit: "turns" | "tokens" | "money" }
  | { readonly end: "refused"; readonly reason: string };

async function converse(
  subtask: Subtask,
  brief: Brief,
  options: SubagentOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<End> {
  const messages: Message[] = [{ role: "user", text: brief.task }];
  let reminders = 0;
  for (;;) {
    const turn = await takeTurn(subtask, brief, messages, options, progress, signal);
    if (turn === undefined) return { end: "out-of-budget", limit: "money" };
    messages.push({ role: "assistant", replay: turn.replay });
    const turnsLeft = subtask.budget.turns - progress.turns;
    switch (turn.stop) {
      case "refusal":
        return { end: "refused", reason: turn.refusal ?? "no reason given" };
      case "context-full":
        return { end: "out-of-budget", limit: "tokens" };
      case "pause":
        break;
      case "tools": {
        const { results, final } = await answer(turn.calls, options, progress, signal);
        const mend = results.some((result) => result.isError) && reminders === 0 && turnsLeft > 0;
        if (final && !mend) return { end: "done" };
        if (final) reminders += 1;
        messages.push({ role: "tool", results });
        break;
      }
      case "length":
      case "end":
      case "unknown": {
        if (reminders > 0) return turn.stop === "length" ? { end: "out-of-budget", limit: "tokens" } : { end: "done" };
        reminders += 1;
        messages.push({ role: "user", text: reminder(turn, reportTool(options).spec.name) });
        break;
      }
      default:
        return turn.stop satisfies never;
    }
    if (turnsLeft <= 0) return { end: "out-of-budget", limit: "turns" };
    if (promptTokens(progress.usage) + progress.usage.outputTokens >= subtask.budget.tokens) {
      return { end: "out-of-budget", limit: "tokens" };
    }
  }
}

/** One paid turn; undefined when the run has no money left for it. */
async function takeTurn(
  subtask: Subtask,
  brief: Brief,
  messages: readonly Message[],
  options: SubagentOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Turn | undefined> {
  const request: TurnRequest = {
    model: options.modelId,
    system: brief.system,
    prefix: brief.prefix,
    messages,
    tools: [...options.tools.map((tool) => tool.spec), reportTool(options).spec],
    maxOutputTokens: subtask.budget.outputTokens,
    effort: options.effort,
  };
  const reservation = await options.purse.reserve(
    worstCostUsd(options.price, promptBytes(request), request.maxOutputTokens),
    signal,
  );
  if (reservation === undefined) return undefined;
  try {
    const turn = await options.model.turn(request, signal);
    const cost = costUsd(options.price, turn.usage);
    reservation.settle(cost);
    progress.turns += 1;
    progress.usage = addUsage(progress.usage, turn.usage);
    progress.costUsd += cost;
    return turn;
  } catch (error) {
    reservation.release();
    throw error;
  }
}

function promptBytes(request: TurnRequest): number {
  const tools = request.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  return Buffer.byteLength(JSON.stringify([request.system, request.prefix, request.messages, tools]));
}

function reportTool(options: SubagentOptions): ReportTool {
  const { findQuote } = options;
  return options.report ?? { spec: REPORT_FINDINGS, read: (callId, input) => readReport(callId, input, findQuote) };
}

function reminder(turn: Turn, tool: string): string {
  if (turn.stop === "length") {
    return `Your answer was cut off. Call ${tool} with what you have, in fewer words${tool === REPORT_FINDINGS.name ? ", and final: true" : ""}.`;
  }
  return tool === REPORT_FINDINGS.name
    ? "Call report_findings with final: true; findings: [] if there is nothing to report."
    : `Call ${tool} now: nothing else is read.`;
}

/** Answers every call of a turn, reports included, in the order of the calls. */
async function answer(
  calls: readonly ToolCall[],
  options: SubagentOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ results: ToolResult[]; final: boolean }> {
  const results: ToolResult[] = [];
  let final = false;
  for (let start = 0; start < calls.length; start += PARALLEL_CALLS) {
    const batch = calls.slice(start, start + PARALLEL_CALLS);
    results.push(
      ...(await Promise.all(
        batch.map(async (call, index) => {
          if (start + index >= MAX_CALLS_PER_TURN) {
            return {
              callId: call.id,
              text: `too many calls in one turn; at most ${MAX_CALLS_PER_TURN}`,
              isError: true,
            };
          }
          options.onToolCall(call.name);
          const reporting = reportTool(options);
          if (call.name !== reporting.spec.name) return runTool(options.tools, call, signal);
          const report = reporting.read(call.id, call.input);
          progress.claims = [...progress.claims.filter((claim) => !isMended(claim, report.claims)), ...report.claims];
          options.onClaims(report.claims);
          final ||= report.final;
          return report.result;
        }),
      )),
    );
  }
  return { results, final };
}

/** A claim that was kept without lines is replaced when the same defect is reported again with a quote that is found. */
function isMended(earlier: Claim, later: readonly Claim[]): boolean {
  const same = (claim: Claim): boolean => claim.path === earlier.path && claim.category === earlier.category;
  return earlier.quote === "" && later.some((claim) => claim.quote !== "" && same(claim));
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}
