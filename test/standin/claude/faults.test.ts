import Anthropic from "@anthropic-ai/sdk";
import { expect, it } from "vitest";

import {
  apiError,
  badGateway,
  cutAt,
  delayHeaders,
  errorEventAt,
  overloaded,
  rateLimited,
  resetBeforeHeaders,
  stallAt,
  type CutKind,
} from "../../../src/standin/claude/faults.ts";
import { startClaude } from "../../../src/standin/claude/server.ts";
import { textTurn, toolTurn } from "../../../src/standin/claude/turns.ts";
import { ask, startCheckedClaude } from "./checked-claude.ts";

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it was answered"),
    (error: unknown) => error,
  );
}

function headerOf(error: unknown, name: string): unknown {
  const headers: unknown = error instanceof Anthropic.APIError ? error.headers : undefined;
  return headers instanceof Headers ? headers.get(name) : undefined;
}

it.each([
  ["invalid_request_error", 400, Anthropic.BadRequestError],
  ["authentication_error", 401, Anthropic.AuthenticationError],
  ["billing_error", 402, Anthropic.APIError],
  ["permission_error", 403, Anthropic.PermissionDeniedError],
  ["not_found_error", 404, Anthropic.NotFoundError],
  ["rate_limit_error", 429, Anthropic.RateLimitError],
  ["api_error", 500, Anthropic.InternalServerError],
  ["overloaded_error", 529, Anthropic.InternalServerError],
] as const)("refuses with %s as the API does", async (type, status, errorClass) => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => apiError(type, "Scripted"));

  const error = await errorOf(checked.client.messages.stream(ask()).finalMessage());

  expect(error).toBeInstanceOf(errorClass);
  expect(error).toMatchObject({ status, type, requestID: "req_standin00000001" });
  expect(checked.claude.journal.messages[0]).toMatchObject({ status, outcome: "refused", usage: undefined });
  expect(checked.violations).toEqual([]);
});

it("says when to come back, in seconds or milliseconds", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.when({}, [rateLimited({ retryAfterSeconds: 7 }), rateLimited({ retryAfterMs: 1500 })]);

  const first = await errorOf(checked.client.messages.create(ask()));
  const second = await errorOf(checked.client.messages.create(ask()));

  expect([first, second]).toMatchObject([{ status: 429 }, { status: 429 }]);
  expect([headerOf(first, "retry-after"), headerOf(second, "retry-after-ms")]).toEqual(["7", "1500"]);
});

it("answers a gateway's HTML, which is no error the SDK can name", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => badGateway());

  const error = await errorOf(checked.client.messages.create(ask()));

  expect(error).toMatchObject({ status: 502, type: null });
});

it("dies before the headers", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => resetBeforeHeaders());

  const error = await errorOf(checked.client.messages.create(ask()));

  expect(error).toBeInstanceOf(Anthropic.APIConnectionError);
  expect(checked.claude.journal.messages[0]).toMatchObject({ status: undefined, outcome: "cut" });
});

it.each<CutKind>(["end", "close", "reset"])(
  "cuts a stream after some bytes (%s), with no status and no retry",
  async (how) => {
    await using checked = await startCheckedClaude({}, { maxRetries: 2 });
    checked.claude.script(() => cutAt(textTurn("x".repeat(400)), 1500, how));

    const error = await errorOf(checked.client.messages.stream(ask()).finalMessage());

    expect(error).toBeInstanceOf(Anthropic.AnthropicError);
    expect(error).not.toHaveProperty("status", 200);
    expect(checked.claude.journal.messages).toHaveLength(1);
    expect(checked.claude.journal.messages[0]).toMatchObject({ outcome: "cut", sentBytes: 1500 });
  },
);

it(
  "can be cut at every byte of a recorded turn, and only the whole of it is a message",
  { timeout: 60_000 },
  async () => {
    await using claude = await startClaude();
    const turn = toolTurn([{ name: "Read", input: { file_path: "/ä.ts" } }]);
    const body = { ...ask(), stream: true };
    const whole = claude.recordedTurnBytes(turn, body);
    const client = new Anthropic({ apiKey: "key", baseURL: claude.url, maxRetries: 0 });
    const endings: Record<string, number> = {};

    for (let at = 0; at <= whole.length; at += 1) {
      claude.when({ contains: "src/a.ts" }, [cutAt(turn, at)]);
      // eslint-disable-next-line no-await-in-loop
      const ending = await client.messages
        .stream(ask())
        .finalMessage()
        .then(
          (message) => message.stop_reason ?? "no stop reason",
          () => "error",
        );
      endings[ending] = (endings[ending] ?? 0) + 1;
    }

    expect(whole.toString()).toContain('"partial_json":"{\\"file_path\\":\\"/ä.ts\\"}"');
    expect(claude.journal.messages.map(({ sentBytes }) => sentBytes)).toEqual([...whole.keys(), whole.length]);
    expect(Object.keys(endings).toSorted()).toEqual(["error", "tool_use"]);
  },
);

it("cuts a whole answer too: the JSON never parses", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.when({}, [cutAt(textTurn("x".repeat(400)), 100), cutAt(textTurn("x".repeat(400)), 100, "close")]);

  const ended = await errorOf(checked.client.messages.create(ask()));
  const closed = await errorOf(checked.client.messages.create(ask()));

  expect(ended).toBeInstanceOf(SyntaxError);
  expect(closed).toMatchObject({ message: expect.stringContaining("terminated") as string });
});

it("stalls, pinging or silent, until the client gives up", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.when({}, [stallAt(textTurn("x".repeat(400)), 1500), stallAt(textTurn("x".repeat(400)), 1500, 1)]);

  for (const _ of [1, 2]) {
    // eslint-disable-next-line no-await-in-loop
    const stream = await checked.client.messages.create({ ...ask(), stream: true });
    // eslint-disable-next-line no-await-in-loop
    for await (const event of stream) if (event.type === "content_block_delta") break;
  }
  await expect.poll(() => checked.claude.journal.inFlight).toBe(0);

  expect(checked.claude.journal.messages.map(({ outcome }) => outcome)).toEqual(["stalled", "stalled"]);
});

it("breaks off with an error event, which has a type and no status", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => errorEventAt(textTurn("x".repeat(400)), 5));

  const streamed = await errorOf(checked.client.messages.stream(ask()).finalMessage());
  const whole = await errorOf(checked.client.messages.create(ask()));

  expect(streamed).toMatchObject({ status: undefined, type: "overloaded_error" });
  expect(streamed).not.toBeInstanceOf(Anthropic.InternalServerError);
  expect(whole).toMatchObject({ status: 529, type: "overloaded_error" });
  expect(checked.violations).toEqual([]);
});

it("delays the headers beyond the client's timeout", async () => {
  await using checked = await startCheckedClaude({}, { timeout: 20 });
  checked.claude.script(() => delayHeaders(textTurn("Late"), 60_000));

  const error = await errorOf(checked.client.messages.stream(ask()).finalMessage());
  await expect.poll(() => checked.claude.journal.inFlight).toBe(0);

  expect(error).toBeInstanceOf(Anthropic.APIConnectionTimeoutError);
  expect(checked.claude.journal.messages[0]).toMatchObject({ outcome: "client-closed", status: undefined });
});

it("storms: named requests fail before the script is asked", async () => {
  await using checked = await startCheckedClaude(
    { storm: { fault: overloaded({ retryAfterMs: 1 }), requests: [1, 2] } },
    { maxRetries: 2 },
  );
  checked.claude.when({}, [textTurn("At last")]);

  const message = await checked.client.messages.create(ask());

  expect(message.content).toMatchObject([{ text: "At last" }]);
  expect(checked.claude.journal.messages.map(({ status }) => status)).toEqual([529, 529, 200]);
  expect(checked.claude.journal.messages.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
});

it("storms: a share of sendings fails, the same ones in every run", async () => {
  const struck = async () => {
    await using claude = await startClaude({ storm: { fault: overloaded(), share: 0.3, seed: "s" } });
    claude.script(() => textTurn("Fine."));
    const client = new Anthropic({ apiKey: "key", baseURL: claude.url, maxRetries: 0 });
    const answers = await Promise.allSettled(
      [...Array(60).keys()].map(async (n) => client.messages.create(ask(`file ${n}`))),
    );
    return answers.flatMap(({ status }, n) => (status === "rejected" ? [n] : []));
  };

  const [first, second] = [await struck(), await struck()];

  expect(first).toEqual(second);
  expect(first.length).toBeGreaterThan(8);
  expect(first.length).toBeLessThan(30);
});
