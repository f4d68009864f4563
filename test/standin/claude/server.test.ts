import Anthropic from "@anthropic-ai/sdk";
import { expect, it } from "vitest";

import { startClaude } from "../../../src/standin/claude/server.ts";
import { textTurn, toolTurn } from "../../../src/standin/claude/turns.ts";
import { ask, startCheckedClaude } from "./checked-claude.ts";

it("answers from the queue that matches file and turn, and lists what nobody asked for", async () => {
  await using checked = await startCheckedClaude();
  const { claude, client } = checked;
  claude.when({ contains: ["Review", "src/a.ts"], turn: 1 }, [toolTurn([{ name: "Read", input: {}, id: "toolu_a" }])]);
  claude.when({ contains: "src/a.ts", turn: 2, where: ({ toolAnswers }) => toolAnswers[0]?.text === "content" }, [
    textTurn("A"),
  ]);
  claude.when({ contains: "src/b.ts" }, [textTurn("B1"), textTurn("B2")]);
  claude.when({ model: "claude-haiku-5-5" }, [textTurn("H")], { repeat: true });
  const first = ask("Review src/a.ts");
  const call = await client.messages.create(first);

  const a = await client.messages.create({
    ...first,
    messages: [
      ...first.messages,
      { role: "assistant", content: call.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_a", content: "content" }] },
    ],
  });
  const b = await client.messages.create(ask("Review src/b.ts"));

  expect([a, b].map(({ content }) => content[0])).toMatchObject([{ text: "A" }, { text: "B1" }]);
  expect(claude.unused()).toEqual([
    '{"contains":"src/b.ts"}: 1 of 2 steps never asked for',
    '{"model":"claude-haiku-5-5"}: 1 of 1 steps never asked for',
  ]);
  expect(checked.violations).toEqual([]);
});

it("fails a request nobody scripted, once, and lists it", async () => {
  await using checked = await startCheckedClaude({}, { maxRetries: 2 });

  const answer = checked.client.messages.create(ask("Review src/unknown.ts"));

  await expect(answer).rejects.toMatchObject({ status: 500 });
  expect(checked.claude.unexpected).toEqual(["request 1, turn 1, first user message: Review src/unknown.ts"]);
  expect(checked.claude.journal.messages).toHaveLength(1);
});

it("tells a client that the script itself broke", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => {
    throw new Error("no such fixture");
  });

  const answer = checked.client.messages.create(ask());

  await expect(answer).rejects.toThrow(/no such fixture/);
  expect(checked.claude.unexpected).toEqual(["the stand-in failed: no such fixture"]);
});

it("keeps 200 streams open at once and answers them all", async () => {
  await using claude = await startClaude();
  const client = new Anthropic({ apiKey: "key", baseURL: claude.url, maxRetries: 0 });
  const allHere = Promise.withResolvers<void>();
  claude.script(async ({ firstUserText }, { inFlight }) => {
    if (inFlight === 200) allHere.resolve();
    await allHere.promise;
    return textTurn(`done ${firstUserText}`);
  });

  const messages = await Promise.all(
    [...Array(200).keys()].map(async (n) => client.messages.stream(ask(`file ${n}`)).finalText()),
  );

  expect(messages).toEqual([...Array(200).keys()].map((n) => `done file ${n}`));
  expect(claude.journal.maxInFlight).toBe(200);
  expect(claude.journal.inFlight).toBe(0);
});

it("closes a request whose client hung up while the script still waits", async () => {
  await using checked = await startCheckedClaude();
  const asked = Promise.withResolvers<void>();
  const abort = new AbortController();
  checked.claude.script(async () => {
    asked.resolve();
    return new Promise(() => {});
  });

  const answer = checked.client.messages.create(ask(), { signal: abort.signal });
  await asked.promise;
  abort.abort();

  await expect(answer).rejects.toThrow(Anthropic.APIUserAbortError);
  await expect.poll(() => checked.claude.journal.inFlight).toBe(0);
  expect(checked.claude.journal.messages[0]?.outcome).toBe("client-closed");
});

it("records what was sent, byte for byte, without the key", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => textTurn("Fine."));
  await checked.client.messages.create(ask(), { headers: { "anthropic-beta": "some-beta-2026-01-01" } });
  await checked.client.messages.create(ask());

  const [first, second] = checked.claude.journal.messages;

  expect(first).toMatchObject({
    index: 1,
    credential: "bearer",
    anthropicVersion: "2026-10-21",
    anthropicBeta: "some-beta-2026-01-01",
    body: ask(),
    attempt: 1,
    inFlight: 1,
    status: 200,
    outcome: "answered",
    usage: { input: 4, output: 2 },
  });
  expect(first?.request).toMatchObject({ firstUserText: "Review src/a.ts", turn: 1, stream: false });
  expect(second?.rawBody.equals(first?.rawBody ?? Buffer.alloc(0))).toBe(true);
  expect(second?.attempt).toBe(2);
  expect(JSON.stringify(checked.claude.journal.entries.map(({ headers }) => headers))).not.toContain("Bearer");
});

it.each([
  ["no key", {}, undefined, 401, "authentication_error"],
  ["a wrong key", { "x-api-key": "wrong" }, undefined, 401, "authentication_error"],
  ["no version", { "x-api-key": "right" }, undefined, 400, "invalid_request_error"],
  ["no JSON", { "x-api-key": "right", "anthropic-version": "2026-10-21" }, "{", 400, "invalid_request_error"],
  [
    "too much",
    { "x-api-key": "right", "anthropic-version": "2026-10-21" },
    "x".repeat(20_001),
    413,
    "request_too_large",
  ],
])("refuses a request with %s", async (_, headers, body, status, type) => {
  await using claude = await startClaude({ apiKeys: ["right"], maxBodyBytes: 20_000 });

  const response = await fetch(`${claude.url}/v1/messages`, {
    method: "POST",
    headers,
    body: body ?? JSON.stringify(ask()),
  });

  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ type: "error", error: { type }, request_id: "req_standin00000001" });
});

it.each([
  ["an unknown model", { model: "claude-nothing" }, 404, /claude-nothing/],
  [
    "more output than the model has",
    { max_tokens: 200_000, stream: true as const },
    400,
    /max_tokens: 200000 > 128000/,
  ],
  [
    "a prompt beyond the window",
    { system: "x".repeat(4_000_001) },
    400,
    /prompt is too long: 1000005 tokens > 1000000/,
  ],
])("refuses %s", async (_, change, status, message) => {
  await using checked = await startCheckedClaude();

  const answer = checked.client.messages.create({ ...ask(), ...change });

  await expect(answer).rejects.toMatchObject({ status, message: expect.stringMatching(message) as string });
  expect(checked.claude.unexpected).toEqual([]);
});

it("refuses what the contract refuses, and remembers it", async () => {
  await using checked = await startCheckedClaude();

  const misspelt = Object.assign(ask(), { maxTokens: 3 });
  const answer = checked.client.messages.create(misspelt);

  await expect(answer).rejects.toMatchObject({ status: 400, message: expect.stringContaining("maxTokens") as string });
  expect(checked.claude.violations).toEqual([
    expect.stringContaining("POST /v1/messages: body: must NOT have additional"),
  ]);
});
