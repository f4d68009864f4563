import { z } from "zod";

import { errorMessage } from "../domain/errors.ts";
import type { ToolCall, ToolResult, ToolSpec } from "../ports/model.ts";

/** What a tool gives back to the model. An error is something the model can mend: its text says how. */
export type ToolAnswer = { readonly text: string; readonly isError: boolean };

/** A tool as a subagent holds it. `run` may throw; `runTool` turns that into an answer. */
export type Tool = {
  readonly spec: ToolSpec;
  run(input: unknown, signal: AbortSignal): Promise<ToolAnswer>;
};

/** Characters of one result: some 8,000 tokens, so that a curious subagent does not spend its context on one call. */
export const MAX_RESULT = 30_000;

export function answer(text: string): ToolAnswer {
  return { text, isError: false };
}

export function mistake(text: string): ToolAnswer {
  return { text, isError: true };
}

/** A tool whose `run` sees validated input only. Properties that the model sets to null count as absent. */
export function defineTool<Input>(definition: {
  readonly spec: ToolSpec;
  readonly input: z.ZodType<Input>;
  run(input: Input, signal: AbortSignal): Promise<ToolAnswer>;
}): Tool {
  return {
    spec: definition.spec,
    async run(input, signal) {
      const parsed = definition.input.safeParse(withoutNulls(input));
      if (!parsed.success) return mistake(`Invalid input: ${z.prettifyError(parsed.error)}`);
      return definition.run(parsed.data, signal);
    },
  };
}

/**
 * Runs one call of the model and never throws but on abort: an unknown tool, bad input and a failing tool are error results
 * that the model reads. Results above MAX_RESULT are cut, and say so.
 */
export async function runTool(tools: readonly Tool[], call: ToolCall, signal: AbortSignal): Promise<ToolResult> {
  const { text, isError } = await attempt(tools, call, signal);
  return { callId: call.id, text: capped(text), isError };
}

async function attempt(tools: readonly Tool[], call: ToolCall, signal: AbortSignal): Promise<ToolAnswer> {
  signal.throwIfAborted();
  const tool = tools.find(({ spec }) => spec.name === call.name);
  if (tool === undefined) {
    const names = tools.map(({ spec }) => spec.name).join(", ");
    return mistake(`There is no tool ${JSON.stringify(call.name.slice(0, 100))}. You have: ${names || "none"}.`);
  }
  try {
    return await tool.run(call.input, signal);
  } catch (error) {
    signal.throwIfAborted();
    return mistake(`${call.name} failed: ${errorMessage(error)}`);
  }
}

function withoutNulls(input: unknown): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

function capped(text: string): string {
  if (text.length <= MAX_RESULT) return text;
  const border = text.lastIndexOf("\n", MAX_RESULT);
  const kept = text.slice(0, border > MAX_RESULT / 2 ? border : MAX_RESULT);
  return `${kept.toWellFormed()}\n[The result was cut: ${text.length - kept.length} of ${text.length} characters are not shown. Ask for less at a time.]`;
}
