import type { Effort } from "../../domain/effort.ts";
import { ExternalError } from "../../domain/errors.ts";
import { type PriceOverride, priceOf, worstCostUsd } from "../../domain/price.ts";
import type { Budget } from "../../domain/subtask.ts";
import { addUsage, NO_USAGE, type Usage } from "../../domain/usage.ts";
import type { Model } from "../../ports/model.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { COORDINATOR_SYSTEM, WORKER_SYSTEM } from "../../subagent/coordinator-brief.ts";
import { purseOf } from "../../subagent/purse.ts";
import { runTextAgent, type TextOutcome } from "../../subagent/text-agent.ts";
import { readOnlyTools } from "../../subagent/tools/read-only-tools.ts";
import type { Checkpoint, Lane } from "../checkpoint/checkpoint.ts";
import { abortReason, taskRuntime } from "../task-runtime.ts";
import { answerTool, type GivenAnswer } from "./answer-tool.ts";
import { taskTools, type WorkerRequest } from "./task-tools.ts";

export type CoordinatorParts = {
  readonly model: Model;
  readonly modelId: string;
  readonly effort: Effort | undefined;
  /** The repository's own prices. */
  readonly prices?: readonly PriceOverride[];
  /** Whether the model is asked at a dearer address, of a region. */
  readonly isRegional?: boolean | undefined;
  /** Model and purse for one asker, where what is asked is kept. */
  readonly laneFor?: Checkpoint["lane"];
  readonly snapshot: Snapshot;
  /** Subagents at once. */
  readonly concurrency: number;
  readonly budgetUsd: number;
  /** Called as subagents start and end. */
  readonly onProgress: (line: string) => void;
};

export type Question = {
  readonly text: string;
  /** What else is known, already quoted where strangers wrote it; "" when nothing is. */
  readonly context: string;
};

/** An answer and what it took. `incomplete` says why the coordinator did not get to an end of its own. */
export type Answer = GivenAnswer & {
  readonly incomplete?: string;
  readonly tasks: number;
  readonly usage: Usage;
  readonly costUsd: number;
};

const MAX_TASKS = 50;
/** The coordinator's own share of the money: subagents cannot spend what it needs to answer. */
const OWN_SHARE = 0.3;
const COORDINATOR_BUDGET: Budget = { turns: 60, tokens: 4_000_000, outputTokens: 16_000 };
const WORKER_BUDGET: Budget = { turns: 20, tokens: 1_000_000, outputTokens: 8_000 };

/**
 * Answers a question that cannot be planned: a model that looks for itself and starts subagents. They have at most its read tools, no
 * Task of their own, and see nothing but their prompt.
 * @throws {ExternalError} the model cannot be reached or refuses us.
 */
export async function coordinate(question: Question, parts: CoordinatorParts, signal: AbortSignal): Promise<Answer> {
  const { snapshot, modelId, budgetUsd } = parts;
  const price = priceOf(modelId, parts.prices, parts.isRegional);
  const laneFor = parts.laneFor ?? ((_asker: string, lane: Lane): Lane => lane);
  const tools = readOnlyTools(snapshot, ["Read", "Glob", "Grep"]);
  const ownPurse = purseOf(budgetUsd * OWN_SHARE);
  const workersUsd = budgetUsd * (1 - OWN_SHARE);
  const workersPurse = purseOf(workersUsd);
  const workers: TextOutcome[] = [];
  const over = new AbortController();

  const ended = (outcome: TextOutcome): TextOutcome => {
    workers.push(outcome);
    return outcome;
  };
  const without = (end: { end: "cancelled"; reason: string } | { end: "failed"; error: Error }): TextOutcome =>
    ended({ text: "", usage: NO_USAGE, costUsd: 0, turns: 0, ...end });
  const runtime = taskRuntime<WorkerRequest, TextOutcome>(
    {
      async run({ description, prompt, tools: granted }, context) {
        parts.onProgress(`${context.taskId} started: ${description}`);
        const outcome = await runTextAgent(
          {
            ...parts,
            price,
            ...laneFor(context.taskId, { model: parts.model, purse: workersPurse }),
            system: WORKER_SYSTEM,
            prompt,
            tools: granted,
            budget: WORKER_BUDGET,
          },
          context.signal,
        );
        parts.onProgress(`${context.taskId} ${outcome.end}: ${description}`);
        return ended(outcome);
      },
      cancelled: (_request, reason) => without({ end: "cancelled", reason }),
      failed: (_request, error) =>
        without({ end: "failed", error: error instanceof Error ? error : new Error(String(error)) }),
    },
    { concurrency: parts.concurrency, signal: AbortSignal.any([signal, over.signal]) },
  );
  const ids: string[] = [];
  const spawning: typeof runtime = {
    ...runtime,
    spawn(request) {
      const id = runtime.spawn(request);
      ids.push(id);
      return id;
    },
  };
  const unaffordable = (prompt: string): string | undefined => {
    const worst = worstCostUsd(price, Buffer.byteLength(WORKER_SYSTEM + prompt), WORKER_BUDGET.outputTokens);
    const left = Math.max(0, workersUsd - workersPurse.spentUsd);
    if (worst <= left) return undefined;
    return `a task may cost $${worst.toFixed(2)}, and $${left.toFixed(2)} of $${workersUsd.toFixed(2)} for tasks are left`;
  };
  const { tool, given } = answerTool(snapshot);
  const outcome = await runTextAgent(
    {
      ...parts,
      price,
      ...laneFor("coordinator", { model: parts.model, purse: ownPurse }),
      system: COORDINATOR_SYSTEM,
      prompt: [question.context, `# The question\n\n${question.text}`].filter((part) => part !== "").join("\n\n"),
      tools: [...tools, ...taskTools({ runtime: spawning, tools, maxTasks: MAX_TASKS, unaffordable }), tool],
      budget: COORDINATOR_BUDGET,
      isOver: () => given() !== undefined,
    },
    signal,
  );
  over.abort(new DOMException("the coordinator has ended", "AbortError"));
  await Promise.all(ids.map((id) => runtime.output(id, { block: true })));
  if (outcome.end === "failed" && outcome.error instanceof ExternalError) throw outcome.error;
  const answer = given() ?? { markdown: outcome.text, places: [] };
  const incomplete = given() === undefined ? whyNot(outcome, signal) : undefined;
  return {
    ...answer,
    ...(incomplete === undefined ? {} : { incomplete }),
    tasks: ids.length,
    usage: workers.reduce((sum, { usage }) => addUsage(sum, usage), outcome.usage),
    costUsd: workers.reduce((sum, { costUsd }) => sum + costUsd, outcome.costUsd),
  };
}

function whyNot(outcome: TextOutcome, signal: AbortSignal): string | undefined {
  switch (outcome.end) {
    case "done":
      return outcome.text === "" ? "it ended without an answer" : undefined;
    case "out-of-budget":
      return `its ${outcome.limit} ran out`;
    case "refused":
      return `the model declined: ${outcome.reason}`;
    case "cancelled":
      return abortReason(signal);
    case "failed":
      return outcome.error.message;
    default:
      return outcome satisfies never;
  }
}
