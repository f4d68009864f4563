import type { Claim } from "../domain/finding.ts";
import type { ToolCall, ToolResult } from "../ports/model.ts";
import { type FindQuote, readReport, REPORT_FINDINGS } from "./report-findings.ts";
import { runTool, type Tool } from "./toolbox.ts";

/** Tool calls of one turn that run at the same time; the rest of the turn waits. Claude Code's own cap. */
const PARALLEL_CALLS = 10;
/** Calls of one turn that are answered at all; a turn with more is confused or hostile. */
const MAX_CALLS_PER_TURN = 50;

/** What a subagent answers calls with. */
export type Answerer = {
  readonly findQuote: FindQuote;
  /** The read tools that this subtask was granted. */
  readonly tools: readonly Tool[];
  readonly onToolCall: (tool: string) => void;
  readonly onClaims: (claims: readonly Claim[]) => void;
};

/** What one turn's calls came to. */
export type Answers = {
  /** One for each call, in the order of the calls. */
  readonly results: readonly ToolResult[];
  /** Everything on record after this turn. */
  readonly claims: readonly Claim[];
  readonly reported: boolean;
  /** A report of this turn was the last one. */
  readonly final: boolean;
  /** A report of this turn was not understood in full, and the model was told how to mend it. */
  readonly mend: boolean;
};

/** Answers every call of a turn, reports included; `earlier` is what was on record before it. */
export async function answerCalls(
  calls: readonly ToolCall[],
  earlier: readonly Claim[],
  answerer: Answerer,
  signal: AbortSignal,
): Promise<Answers> {
  const results: ToolResult[] = [];
  let claims = earlier;
  let reported = false;
  let final = false;
  let mend = false;
  const answerOne = async (call: ToolCall, index: number): Promise<ToolResult> => {
    const isReport = call.name === REPORT_FINDINGS.name;
    // A report costs nothing to read: none is lost because it stands behind too many calls.
    if (index >= MAX_CALLS_PER_TURN && !isReport) {
      return { callId: call.id, text: `too many calls in one turn; at most ${MAX_CALLS_PER_TURN}`, isError: true };
    }
    answerer.onToolCall(call.name);
    if (!isReport) return runTool(answerer.tools, call, signal);
    const report = readReport(call.id, call.input, answerer.findQuote);
    claims = [...claims.filter((claim) => !isMended(claim, report.claims)), ...report.claims];
    answerer.onClaims(report.claims);
    reported = true;
    final ||= report.final;
    mend ||= report.result.isError;
    return report.result;
  };
  for (let start = 0; start < calls.length; start += PARALLEL_CALLS) {
    const batch = calls.slice(start, start + PARALLEL_CALLS);
    results.push(...(await Promise.all(batch.map((call, index) => answerOne(call, start + index)))));
  }
  return { results, claims, reported, final, mend };
}

/** A claim that was kept without lines is replaced when the same defect is reported again with a quote that is found. */
function isMended(earlier: Claim, later: readonly Claim[]): boolean {
  const same = (claim: Claim): boolean => claim.path === earlier.path && claim.category === earlier.category;
  return earlier.quote === "" && later.some((claim) => claim.quote !== "" && same(claim));
}
