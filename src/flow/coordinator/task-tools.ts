import { z } from "zod";

import { errorMessage } from "../../domain/errors.ts";
import { quoteUntrusted } from "../../subagent/quote-untrusted.ts";
import type { TextOutcome } from "../../subagent/text-agent.ts";
import { answer, defineTool, mistake, type Tool, type ToolAnswer } from "../../subagent/toolbox.ts";
import type { TaskRequest, TaskRuntime, TaskState } from "../task-runtime.ts";

/** A subagent that the coordinator asked for. */
export type WorkerRequest = TaskRequest & { readonly prompt: string; readonly tools: readonly Tool[] };

export type TaskToolsOptions = {
  readonly runtime: TaskRuntime<WorkerRequest, TextOutcome>;
  /** The coordinator's own read tools; its subagents get at most these. */
  readonly tools: readonly Tool[];
  readonly maxTasks: number;
  /** Why a task with this prompt cannot be paid, saying what is left; undefined when it can. */
  readonly unaffordable: (prompt: string) => string | undefined;
};

/** Characters of a subagent's answer that the coordinator gets to see; about 6,000 tokens. */
const MAX_ANSWER = 24_000;
const DEFAULT_WAIT_MS = 300_000;
const LONGEST_WAIT_MS = 600_000;

/** Kinds of subagents by name, and the tools each has where the call names none. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  "general-purpose": ["Read", "Glob", "Grep"],
  reader: ["Read"],
};

const TaskInput = z.object({
  description: z.string().min(1).max(200),
  prompt: z.string().min(1).max(100_000),
  subagent_type: z.string().optional(),
  tools: z.array(z.string()).optional(),
  run_in_background: z.boolean().default(false),
});
const OutputInput = z.object({
  task_id: z.string(),
  block: z.boolean().default(true),
  timeout: z.number().int().min(0).max(LONGEST_WAIT_MS).default(DEFAULT_WAIT_MS),
});
const StopInput = z.object({ task_id: z.string() });

/** Task, TaskOutput and TaskStop over a task runtime. Every refusal is a tool error that says what is left. */
export function taskTools(options: TaskToolsOptions): readonly Tool[] {
  const { runtime, tools, maxTasks } = options;
  const started: string[] = [];
  const known = (id: string): ToolAnswer | undefined =>
    started.includes(id)
      ? undefined
      : mistake(`There is no task ${JSON.stringify(id.slice(0, 100))}. You started: ${started.join(", ") || "none"}.`);

  const grant = (type: string | undefined, names: readonly string[] | undefined): readonly Tool[] | string => {
    const ofType = Object.hasOwn(TYPES, type ?? "general-purpose") ? TYPES[type ?? "general-purpose"] : undefined;
    if (ofType === undefined)
      return `There is no subagent_type ${JSON.stringify(type)}. There are: ${Object.keys(TYPES).join(", ")}.`;
    const wanted = names ?? ofType;
    const strange = wanted.filter((name) => !tools.some(({ spec }) => spec.name === name));
    if (names !== undefined && strange.length > 0) {
      return `A task can have ${tools.map(({ spec }) => spec.name).join(", ")}, as you have; not ${strange.join(", ")}.`;
    }
    return tools.filter(({ spec }) => wanted.includes(spec.name));
  };

  const task = defineTool({
    spec: {
      name: "Task",
      description:
        "Start a subagent that sees only your prompt. In the foreground its answer is the result; in the background the result is its task id, and TaskOutput gives the answer.",
      strict: false,
      inputSchema: {
        properties: {
          description: { type: "string", description: "three to five words" },
          prompt: { type: "string", description: "everything it needs to know, and what its answer must contain" },
          subagent_type: { type: "string", enum: Object.keys(TYPES) },
          tools: { type: "array", items: { type: "string", enum: tools.map(({ spec }) => spec.name) } },
          run_in_background: { type: "boolean" },
        },
        required: ["description", "prompt"],
        additionalProperties: false,
      },
    },
    input: TaskInput,
    async run({ description, prompt, subagent_type: type, tools: names, run_in_background: inBackground }) {
      const granted = grant(type, names);
      if (typeof granted === "string") return mistake(granted);
      if (started.length >= maxTasks) {
        return mistake(
          `Refused: all ${maxTasks} tasks of this run were started, 0 are left. Go on with what you have.`,
        );
      }
      const unaffordable = options.unaffordable(prompt);
      if (unaffordable !== undefined) return mistake(`Refused: ${unaffordable}. Go on with what you have.`);
      const id = runtime.spawn({ description, prompt, tools: granted });
      started.push(id);
      if (inBackground) return answer(`${id} is started. ${maxTasks - started.length} more tasks can be.`);
      return shown(await runtime.output(id, { block: true }));
    },
  });
  const output = defineTool({
    spec: {
      name: "TaskOutput",
      description:
        "The answer of a task. With block it waits for its end, at most timeout milliseconds; without, it tells where the task stands.",
      strict: false,
      inputSchema: {
        properties: {
          task_id: { type: "string" },
          block: { type: "boolean", description: "default true" },
          timeout: {
            type: "integer",
            description: `milliseconds; default ${DEFAULT_WAIT_MS}, at most ${LONGEST_WAIT_MS}`,
          },
        },
        required: ["task_id"],
        additionalProperties: false,
      },
    },
    input: OutputInput,
    run: async ({ task_id: id, block, timeout }) =>
      known(id) ?? shown(await runtime.output(id, { block, timeoutMs: timeout })),
  });
  const stop = defineTool({
    spec: {
      name: "TaskStop",
      description: "Stop a task that is no longer needed. The result is what it had said until then.",
      strict: false,
      inputSchema: {
        properties: { task_id: { type: "string" } },
        required: ["task_id"],
        additionalProperties: false,
      },
    },
    input: StopInput,
    async run({ task_id: id }) {
      const unknown = known(id);
      if (unknown !== undefined) return unknown;
      runtime.stop(id, "the coordinator stopped it");
      return shown(await runtime.output(id, { block: true }));
    },
  });
  return [task, output, stop];
}

/** A task's state for the coordinator: our words outside, the subagent's as data, cut to size. */
function shown(state: TaskState<TextOutcome>): ToolAnswer {
  const name = `${state.taskId} (${JSON.stringify(state.description)})`;
  if (state.status !== "ended") return answer(`${name} is ${state.status}.`);
  const { result } = state;
  const text = result.text.slice(0, MAX_ANSWER).toWellFormed();
  const cut = text.length < result.text.length ? ` Its answer is cut; it has ${result.text.length} characters.` : "";
  const said = text === "" ? "It said nothing." : quoteUntrusted(`answer of ${state.taskId}`, text);
  return answer(`${name} ${endWords(result)}${cut}\n${said}`);
}

function endWords(outcome: TextOutcome): string {
  switch (outcome.end) {
    case "done":
      return "has ended.";
    case "out-of-budget":
      return `ended early: its ${outcome.limit} ran out.`;
    case "refused":
      return "was refused by the model.";
    case "cancelled":
      return "was stopped.";
    case "failed":
      return `failed: ${errorMessage(outcome.error)}.`;
    default:
      return outcome satisfies never;
  }
}
