import { expect, it } from "vitest";

import { startClaude } from "../../../src/standin/claude/server.ts";
import {
  brokenJsonTurn,
  cutToolTurn,
  emptyTurn,
  oddStopTurn,
  pauseTurn,
  refusalTurn,
  textTurn,
  toolTurn,
  windowExceededTurn,
  withThinking,
} from "../../../src/standin/claude/turns.ts";
import { ask, startCheckedClaude } from "./checked-claude.ts";

const REPORT = {
  name: "report_findings",
  input: { findings: [{ path: "a.ts", line: 1, body: "A long explanation" }] },
};

it("streams text in pieces and sums it up in one message", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => textTurn("Nothing to say about this file.", { pieceLength: 5 }));
  const pieces: string[] = [];

  const stream = checked.client.messages.stream(ask()).on("text", (piece) => pieces.push(piece));
  const message = await stream.finalMessage();

  expect(pieces).toHaveLength(7);
  expect(message.content).toEqual([{ type: "text", text: "Nothing to say about this file.", citations: null }]);
  expect(message).toMatchObject({ stop_reason: "end_turn", usage: { input_tokens: 4, output_tokens: 8 } });
  expect(stream.request_id).toBe(checked.claude.journal.messages[0]?.requestId);
  expect(checked.violations).toEqual([]);
});

it("streams thinking with a signature, then several tool calls with their own ids", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() =>
    withThinking(
      "Look at both.",
      toolTurn([REPORT, { name: "Read", input: { file_path: "/a" }, id: "toolu_x" }], { text: "So:" }),
    ),
  );

  const message = await checked.client.messages.stream(ask()).finalMessage();

  expect(message.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use", "tool_use"]);
  expect(message.content[0]).toMatchObject({
    thinking: "Look at both.",
    signature: expect.stringMatching(/.+/) as string,
  });
  expect(message.content[2]).toMatchObject({ name: "report_findings", input: REPORT.input });
  expect(message.content[3]).toMatchObject({ id: "toolu_x", input: { file_path: "/a" } });
  expect(message).toMatchObject({ stop_reason: "tool_use", usage: { output_tokens_details: { thinking_tokens: 4 } } });
  expect(checked.violations).toEqual([]);
});

it("answers the same without streaming", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => withThinking("", toolTurn([REPORT])));

  const whole = await checked.client.messages.create(ask());
  const streamed = await checked.client.messages.stream(ask()).finalMessage();

  expect(whole.content.map(({ type }) => type)).toEqual(streamed.content.map(({ type }) => type));
  expect(whole.usage).toEqual(streamed.usage);
  expect(whole).toHaveProperty("_request_id", "req_standin00000001");
  expect(checked.violations).toEqual([]);
});

it.each([
  ["refusal", refusalTurn("cyber", "No exploits"), { stop_details: { type: "refusal", category: "cyber" } }],
  ["pause_turn", pauseTurn("Searching"), {}],
  ["model_context_window_exceeded", windowExceededTurn("Too mu"), {}],
  ["end_turn", emptyTurn(), { content: [] }],
])("ends a turn with %s", async (stopReason, turn, more) => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => turn);

  const message = await checked.client.messages.stream(ask()).finalMessage();

  expect(message).toMatchObject({ stop_reason: stopReason, ...more });
  expect(checked.violations).toEqual([]);
});

it("ends a turn with a stop reason nobody knows, which is not in the contract", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => oddStopTurn("moon_phase", "Well"));

  const message = await checked.client.messages.stream(ask()).finalMessage();

  expect(message.stop_reason).toBe("moon_phase");
  expect(checked.violations).toEqual([expect.stringContaining("delta.stop_reason: must be equal to one of")]);
});

it("cuts a tool call at max_tokens, which the SDK resolves with part of the input", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => cutToolTurn(REPORT, 45));

  const message = await checked.client.messages.stream(ask()).finalMessage();

  expect(message.stop_reason).toBe("max_tokens");
  expect(message.content[0]).toMatchObject({ input: { findings: [{ path: "a.ts", line: 1 }] } });
  expect(message.content[0]).not.toMatchObject(REPORT);
});

it("streams tool input that is not JSON, which the SDK refuses", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => brokenJsonTurn("Read", '{"file_path": nope}'));

  const message = checked.client.messages.stream(ask()).finalMessage();

  await expect(message).rejects.toThrow(/JSON/);
});

it("never writes more than max_tokens", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() =>
    withThinking("x".repeat(40), toolTurn([{ name: "Read", input: { file_path: "y".repeat(400) } }])),
  );

  const message = await checked.client.messages.stream({ ...ask(), max_tokens: 20 }).finalMessage();

  expect(message).toMatchObject({ stop_reason: "max_tokens", usage: { output_tokens: 20 } });
  expect(message.content.map(({ type }) => type)).toEqual(["thinking", "tool_use"]);
});

it("counts tokens as it bills them", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => textTurn("Fine."));
  const { model, messages } = ask("x".repeat(4000));

  const counted = await checked.client.messages.countTokens({ model, messages });
  const message = await checked.client.messages.create({ model, messages, max_tokens: 10 });

  expect(counted.input_tokens).toBe(1000);
  expect(message.usage.input_tokens).toBe(1000);
  expect(checked.violations).toEqual([]);
});

it("takes its time: headers at the first token, the end at the writing speed", async () => {
  const slept: number[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
  await using claude = await startClaude({ clock, timing: { ttftMs: 1000, tokensPerSecond: 80 } });
  claude.script(() => textTurn("x".repeat(400)));

  await fetch(`${claude.url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": "key", "anthropic-version": "2026-10-21" },
    body: JSON.stringify({ ...ask(), stream: true }),
  }).then(async (response) => response.text());

  expect(claude.journal.messages[0]).toMatchObject({ startedAt: 0, firstByteAt: 1000, endedAt: 2250 });
  expect(slept).toHaveLength(11);
});
