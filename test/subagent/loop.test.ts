import { describe, expect, it } from "vitest";
import { z } from "zod";

import { ExternalError } from "../../src/domain/errors.ts";
import { priceOf } from "../../src/domain/price.ts";
import type { Outcome, Subtask } from "../../src/domain/subtask.ts";
import { runSubagent } from "../../src/subagent/loop.ts";
import { purseOf } from "../../src/subagent/purse.ts";
import { answer, defineTool } from "../../src/subagent/toolbox.ts";
import { aSubtask } from "../support/builders.ts";
import { callsTurn, ScriptedModel, stopTurn } from "../support/scripted-model.ts";

const FILE = "const a = 1;\nconst b = a / 0;\nreturn b;\n";

const echo = defineTool({
  spec: { name: "Read", description: "reads", inputSchema: { properties: {} }, strict: false },
  input: z.object({ file_path: z.string() }),
  run: async ({ file_path }) => answer(`content of ${file_path}`),
});

const reported = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  path: "src/a.ts",
  quote: "const b = a / 0;",
  line_hint: 0,
  severity: "high",
  category: "division-by-zero",
  title: "divides by zero",
  detail: "b is Infinity",
  failure_scenario: "always",
  suggestion: "",
  confidence: "certain",
  ...over,
});

const report = (final: boolean, ...findings: unknown[]): { name: string; input: unknown } => ({
  name: "report_findings",
  input: { findings, final },
});

async function run(
  model: ScriptedModel,
  over: { subtask?: Partial<Subtask>; capUsd?: number; signal?: AbortSignal } = {},
): Promise<Outcome> {
  let now = 0;
  return runSubagent(
    aSubtask(over.subtask ?? {}),
    { system: "system", prefix: "prefix", task: "task" },
    {
      model,
      modelId: "claude-sonnet-5-5",
      price: priceOf("claude-sonnet-5-5"),
      purse: purseOf(over.capUsd ?? 10),
      effort: undefined,
      clock: { now: () => now++, sleep: () => Promise.resolve() },
      tools: [echo],
      findQuote: (_path, quote) => {
        const line = FILE.split("\n").findIndex((text) => text.includes(quote)) + 1;
        return line === 0 ? undefined : { startLine: line, endLine: line };
      },
      onToolCall: () => undefined,
      onClaims: () => undefined,
    },
    over.signal ?? new AbortController().signal,
  );
}

describe("runSubagent", () => {
  it("needs one request when the first report is final", async () => {
    const model = new ScriptedModel(callsTurn(report(true, reported())));

    const outcome = await run(model);

    expect(outcome).toMatchObject({
      end: "done",
      turns: 1,
      usage: { inputTokens: 100, outputTokens: 10 },
      claims: [{ path: "src/a.ts", startLine: 2, endLine: 2, severity: "high", source: "model", confidence: 0.95 }],
    });
    expect(outcome.costUsd).toBeCloseTo((100 * 2 + 10 * 10) / 1e6);
  });

  it("answers tool calls of one turn together, in their order, and sends the assistant's turn back as it was", async () => {
    const reads = callsTurn(
      { name: "Read", input: { file_path: "a" } },
      { name: "Bash", input: { command: "env" } },
      { name: "Read", input: { file_path: 7 } },
    );
    const model = new ScriptedModel(reads, callsTurn(report(true)));

    await run(model);

    expect(model.requests[1]?.messages).toMatchObject([
      { role: "user", text: "task" },
      { role: "assistant", replay: reads.replay },
      {
        role: "tool",
        results: [
          { callId: "call-1", text: "content of a", isError: false },
          { callId: "call-2", text: expect.stringContaining('no tool "Bash"'), isError: true },
          { callId: "call-3", text: expect.stringContaining("Invalid input"), isError: true },
        ],
      },
    ]);
    model.done();
  });

  it("keeps what was reported before each kind of ending", async () => {
    const first = callsTurn(report(false, reported()));
    const endings = [
      [stopTurn("refusal", "cyber"), { end: "refused", reason: "cyber" }],
      [stopTurn("context-full"), { end: "out-of-budget", limit: "context" }],
      [new ExternalError("Claude", "gone"), { end: "failed", error: { message: "gone" } }],
    ] as const;
    for (const [ending, expected] of endings) {
      const outcome = await run(new ScriptedModel(first, ending));

      expect(outcome).toMatchObject({ ...expected, claims: [{ title: "divides by zero" }] });
    }
  });

  it("reminds once a subagent that stops without a report, and does not take its silence for a review", async () => {
    const model = new ScriptedModel(stopTurn("end"), stopTurn("unknown"));

    const outcome = await run(model);

    expect(outcome).toMatchObject({ end: "failed", turns: 2, error: { message: expect.stringContaining("report") } });
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({
      role: "user",
      text: expect.stringContaining("report_findings"),
    });
  });

  it("takes the end of a subagent that has reported for its end", async () => {
    const model = new ScriptedModel(callsTurn(report(false, reported())), stopTurn("end"));

    expect(await run(model)).toMatchObject({ end: "done", claims: [{ title: "divides by zero" }] });
  });

  it("does not send back an answer that had nothing in it", async () => {
    const model = new ScriptedModel({ ...stopTurn("end"), replay: undefined }, callsTurn(report(true)));

    await run(model);

    expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual(["user", "user"]);
  });

  it("asks the same question with more room when an answer was cut, once", async () => {
    const model = new ScriptedModel(stopTurn("length"), stopTurn("length"));

    const outcome = await run(model);

    expect(outcome).toMatchObject({ end: "out-of-budget", limit: "tokens", claims: [] });
    expect(model.requests.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([8_000, 16_000]);
    expect(model.requests[1]?.messages).toEqual(model.requests[0]?.messages);
  });

  it("takes up a paused turn, but not for ever", async () => {
    const pauses = Array.from({ length: 5 }, () => stopTurn("pause"));

    expect(await run(new ScriptedModel(...pauses))).toMatchObject({ end: "failed", turns: 5 });
    expect(await run(new ScriptedModel(...pauses.slice(2), callsTurn(report(true))))).toMatchObject({ end: "done" });
  });

  it("says in the last results that the next turn is the last, and nowhere behind them", async () => {
    const read = callsTurn({ name: "Read", input: { file_path: "a" } }, { name: "Read", input: { file_path: "b" } });
    const model = new ScriptedModel(read, callsTurn(report(true)));

    await run(model, { subtask: { budget: { turns: 2, tokens: 1_000_000, outputTokens: 100 } } });

    const last = model.requests[1]?.messages.at(-1);
    const texts = last?.role === "tool" ? last.results.map(({ text }) => text) : [];
    expect(texts).toEqual(["content of a", expect.stringMatching(/^content of b\n\n\[Your next turn is your last/)]);
  });

  it("says so as well when another turn like this one would use up its tokens", async () => {
    const read = callsTurn({ name: "Read", input: { file_path: "a" } });
    const model = new ScriptedModel(read, callsTurn(report(true)));

    await run(model, { subtask: { budget: { turns: 9, tokens: 300, outputTokens: 100 } } });

    expect(JSON.stringify(model.requests[1]?.messages.at(-1))).toContain("Your next turn is your last");
  });

  it("ends for its context when the service says that the prompt is too long", async () => {
    const tooLong = new ExternalError("Claude", "prompt is too long", { fault: "too-long" });

    expect(await run(new ScriptedModel(tooLong))).toMatchObject({ end: "out-of-budget", limit: "context" });
  });

  it("counts what a broken turn has cost, and sends nothing again that it cannot pay for", async () => {
    const usage = { inputTokens: 1_000, outputTokens: 100, cacheReadTokens: 0, cacheWriteTokens: 0 };
    const broken = new ExternalError("Claude", "broke off", { retryable: true, fault: "broken", usage });
    const rich = await run(new ScriptedModel(broken));
    const model = new ScriptedModel();
    model.turn = async (request) => {
      expect(await request.onBroken?.(broken)).toBe(false);
      throw broken;
    };
    const poor = await run(model, { capUsd: 0.083 });

    expect(rich).toMatchObject({ end: "failed", usage, turns: 0 });
    expect(rich.costUsd).toBeCloseTo((1_000 * 2 + 100 * 10) / 1e6);
    expect(poor).toMatchObject({ end: "out-of-budget", limit: "money", usage, turns: 0 });
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("has no tool called %s", async (name) => {
    const input: unknown = JSON.parse('{"__proto__": {"file_path": "a"}, "constructor": 1}');
    const model = new ScriptedModel(callsTurn({ name, input }, { name: "Read", input }), callsTurn(report(true)));

    await run(model);

    expect(model.requests[1]?.messages.at(-1)).toMatchObject({
      results: [
        { isError: true, text: expect.stringContaining("There is no tool") },
        { isError: true, text: expect.stringContaining("Invalid input") },
      ],
    });
  });

  it("asks again, once, for a quote that is not in the file, and then keeps the finding without lines", async () => {
    const wrong = callsTurn(report(true, reported({ quote: "const c = 3;" })));
    const model = new ScriptedModel(wrong, wrong);

    const outcome = await run(model);

    expect(model.requests[1]?.messages.at(-1)).toMatchObject({
      results: [{ text: expect.stringContaining("its quote is not in src/a.ts"), isError: true }],
    });
    expect(outcome.claims.at(-1)).toMatchObject({ quote: "", startLine: 1 });
    model.done();
  });

  it("replaces a finding without lines by the same one with lines", async () => {
    const model = new ScriptedModel(
      callsTurn(report(true, reported({ quote: "nowhere" }))),
      callsTurn(report(true, reported())),
    );

    const outcome = await run(model);

    expect(outcome.claims).toMatchObject([{ quote: "const b = a / 0;", startLine: 2 }]);
  });

  it("tells the model about malformed findings and keeps the good ones", async () => {
    const model = new ScriptedModel(
      callsTurn(report(false, reported({ severity: "HIGH", category: "Division by Zero!" }), { path: 3 })),
      callsTurn(report(true)),
    );

    const outcome = await run(model);

    expect(outcome.claims).toMatchObject([{ severity: "high", category: "division-by-zero" }]);
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({
      results: [{ text: expect.stringContaining("findings[1] was not kept"), isError: true }],
    });
  });

  it("ends when its turns run out", async () => {
    const read = callsTurn({ name: "Read", input: { file_path: "a" } });
    const model = new ScriptedModel(read, read);

    expect(await run(model, { subtask: { budget: { turns: 2, tokens: 1_000_000, outputTokens: 100 } } })).toMatchObject(
      {
        end: "out-of-budget",
        limit: "turns",
        turns: 2,
      },
    );
    model.done();
  });

  it("sends nothing that it cannot pay for", async () => {
    const model = new ScriptedModel();

    const outcome = await run(model, { capUsd: 0.01 });

    expect(outcome).toMatchObject({ end: "out-of-budget", limit: "money", turns: 0, costUsd: 0 });
    expect(model.requests).toEqual([]);
  });

  it("answers at most fifty calls of one turn, but loses no report behind them", async () => {
    const reads = Array.from({ length: 59 }, () => ({ name: "Read", input: { file_path: "a" } }));
    const model = new ScriptedModel(callsTurn(...reads, report(false, reported())), callsTurn(report(true)));

    const outcome = await run(model);

    expect(outcome.claims).toHaveLength(1);

    const last = model.requests[1]?.messages.at(-1);
    const results = last?.role === "tool" ? last.results : [];
    expect(results).toHaveLength(60);
    expect(results.filter((result) => result.isError)).toHaveLength(9);
  });

  it("ends as cancelled when its signal is aborted, with what it had", async () => {
    const abort = new AbortController();
    const model = new ScriptedModel(callsTurn(report(false, reported())));
    const turn = model.turn.bind(model);
    model.turn = async (request) => {
      if (model.requests.length === 1) {
        abort.abort(new Error("newer head"));
        throw abort.signal.reason;
      }
      return turn(request);
    };

    expect(await run(model, { signal: abort.signal })).toMatchObject({
      end: "cancelled",
      reason: "newer head",
      claims: [{ title: "divides by zero" }],
    });
  });
});
