import { describe, expect, it } from "vitest";

import { claudeModel } from "../../../src/adapters/claude/claude-model.ts";
import { ExternalError } from "../../../src/domain/errors.ts";
import type { RateLimits } from "../../../src/domain/rate-limits.ts";
import type { Model, TurnRequest } from "../../../src/ports/model.ts";
import {
  apiError,
  badGateway,
  cutAt,
  type CutKind,
  errorEventAt,
  overloaded,
  rateLimited,
  resetBeforeHeaders,
  stallAt,
} from "../../../src/standin/claude/faults.ts";
import { type ClaudeStandin, startClaude } from "../../../src/standin/claude/server.ts";
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
import type { ClaudeOptions } from "../../../src/standin/claude/world.ts";
import { anthropicContract } from "../../contract/anthropic/anthropic-contract.ts";

const contract = anthropicContract();
const never = new AbortController().signal;

const READ = {
  name: "Read",
  description: "reads a file",
  inputSchema: { properties: { file_path: { type: "string" } }, required: ["file_path"], additionalProperties: false },
  strict: true,
} as const;

const request = (over: Partial<TurnRequest> = {}): TurnRequest => ({
  model: "claude-sonnet-5-5",
  system: "You review.",
  prefix: "# The change\n".repeat(500),
  messages: [{ role: "user", text: "your task" }],
  tools: [READ],
  maxOutputTokens: 1_000,
  effort: "high",
  ...over,
});

async function start(
  options: ClaudeOptions = {},
  idleTimeoutMs = 60_000,
): Promise<{ claude: ClaudeStandin; model: Model; violations: string[] } & AsyncDisposable> {
  const claude = await startClaude({ validate: contract.validate, ...options });
  const violations: string[] = [];
  const fetch = contract.fetch((violation) => violations.push(violation));
  return {
    claude,
    violations,
    model: claudeModel({ apiKey: "key", baseUrl: claude.url, idleTimeoutMs, fetch }),
    [Symbol.asyncDispose]: () => claude[Symbol.asyncDispose](),
  };
}

async function errorOf(turn: Promise<unknown>): Promise<ExternalError> {
  const error = await turn.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ExternalError)) throw new Error("no ExternalError was thrown", { cause: error });
  return error;
}

describe("claudeModel: requests", () => {
  it("sends the same bytes of tools, system and prefix for every subagent, and reads them from the cache", async () => {
    await using stand = await start();
    stand.claude.script(() => textTurn("ok"));

    for (const task of ["first", "second", "third"]) {
      await stand.model.turn(request({ messages: [{ role: "user", text: task }] }), never);
    }

    const shared = stand.claude.journal.messages.map(({ rawBody }) => {
      const text = rawBody.toString();
      return text.slice(0, text.indexOf('"cache_control"'));
    });
    expect(new Set(shared).size).toBe(1);
    expect(shared[0]).toContain("# The change");
    const [first, ...others] = stand.claude.journal.messages.map(({ usage }) => usage);
    expect(first).toMatchObject({ cacheRead: 0 });
    expect(others.map((usage) => usage?.cacheWrite5m)).toEqual([0, 0]);
    expect(others.every((usage) => usage?.cacheRead === first?.cacheWrite5m)).toBe(true);
    expect([...stand.violations, ...stand.claude.violations]).toEqual([]);
  });

  it("caches the conversation from the second turn on, and sends thinking back as it came", async () => {
    await using stand = await start();
    stand.claude.when({}, [
      withThinking("hm", toolTurn([{ name: "Read", input: { file_path: "src/a.ts" } }])),
      textTurn("done"),
    ]);
    const first = await stand.model.turn(request(), never);

    await stand.model.turn(
      request({
        messages: [
          { role: "user", text: "your task" },
          { role: "assistant", replay: first.replay },
          { role: "tool", results: [{ callId: first.calls[0]?.id ?? "", text: "1 a", isError: false }] },
        ],
      }),
      never,
    );

    expect(
      stand.claude.journal.messages.map(({ body }) => (body as { cache_control?: unknown }).cache_control),
    ).toEqual([undefined, { type: "ephemeral" }]);
    expect(JSON.stringify(stand.claude.journal.messages[1]?.body)).toContain('"type":"thinking","thinking":"hm"');
    expect([...stand.violations, ...stand.claude.violations]).toEqual([]);
  });

  it("takes address and key from its options, and sends no sampling parameters", async () => {
    await using stand = await start({ apiKeys: ["key"] });
    stand.claude.script(() => textTurn("ok"));

    await stand.model.turn(request({ prefix: "", effort: undefined }), never);

    const [entry] = stand.claude.journal.messages;
    expect(entry).toMatchObject({ credential: "bearer", status: 200 });
    expect(Object.keys(entry?.body as object)).not.toEqual(expect.arrayContaining(["temperature"]));
    expect(entry?.body).not.toHaveProperty("output_config");
  });
});

describe("claudeModel: endings", () => {
  it.each([
    ["end_turn", textTurn("fine"), { stop: "end", text: "fine", calls: [] }],
    ["stop_sequence", oddStopTurn("stop_sequence", "x"), { stop: "end", calls: [] }],
    ["pause_turn", pauseTurn("searching"), { stop: "pause", calls: [] }],
    ["refusal", refusalTurn("cyber", "no exploits"), { stop: "refusal", refusal: "no exploits" }],
    ["refusal without a reason", refusalTurn(null), { stop: "refusal", refusal: "no reason given" }],
    ["model_context_window_exceeded", windowExceededTurn("so f"), { stop: "context-full", calls: [] }],
    ["a reason of tomorrow", oddStopTurn("tired", "later"), { stop: "unknown", calls: [] }],
  ] as const)("understands %s", async (_name, turn, expected) => {
    await using stand = await start({ validate: () => [] });
    stand.claude.script(() => turn);

    expect(await stand.model.turn(request(), never)).toMatchObject(expected);
  });

  it("gives calls only when the model stopped for them, and usage as billed", async () => {
    await using stand = await start();
    stand.claude.script(() => toolTurn([{ name: "Read", input: { file_path: "a" } }], { outputTokens: 77 }));

    const turn = await stand.model.turn(request(), never);

    expect(turn).toMatchObject({ stop: "tools", calls: [{ name: "Read", input: { file_path: "a" } }] });
    expect(turn.usage).toMatchObject({ outputTokens: 77, cacheWriteTokens: expect.any(Number) });
  });

  it("drops a tool call that was cut, from the calls and from what is sent back", async () => {
    await using stand = await start();
    stand.claude.script(() => cutToolTurn({ name: "Read", input: { file_path: "src/orders.ts" } }, 20));

    expect(await stand.model.turn(request(), never)).toMatchObject({ stop: "length", calls: [], replay: undefined });
  });

  it("has nothing to send back of an empty answer, or of one that was thinking alone", async () => {
    await using stand = await start();
    stand.claude.when({}, [emptyTurn(), withThinking("hm", emptyTurn()), withThinking("hm", textTurn("so"))]);

    const replays = [];
    for (let count = 0; count < 3; count++) replays.push((await stand.model.turn(request(), never)).replay);

    expect(replays).toMatchObject([undefined, undefined, [{ type: "thinking" }, { type: "text", text: "so" }]]);
  });

  it("tells of the first event and of the limits while the answer is still on its way", async () => {
    await using stand = await start({ rateLimit: { requestsPerMinute: 300, inputTokensPerMinute: 50_000 } });
    stand.claude.script(() => textTurn("ok"));
    const seen: string[] = [];
    let limits: RateLimits = {};

    await stand.model.turn(
      request({
        onFirstEvent: () => seen.push("event"),
        onLimits: (told) => {
          seen.push("limits");
          limits = told;
        },
      }),
      never,
    );

    expect(seen).toEqual(["limits", "event"]);
    expect(limits).toMatchObject({ requests: { limit: 300, remaining: 299 }, inputTokens: { limit: 50_000 } });
    expect(limits.requests?.resetMs).toBeTypeOf("number");
    expect(limits).not.toHaveProperty("outputTokens");
  });
});

describe("claudeModel: failures", () => {
  it.each([
    ["authentication_error", { fatal: true, retryable: false }],
    ["billing_error", { fatal: true, retryable: false }],
    ["permission_error", { fatal: true, retryable: false }],
    ["not_found_error", { fatal: true, retryable: false }],
    ["invalid_request_error", { fatal: false, retryable: false }],
    ["request_too_large", { fatal: false, retryable: false, fault: "too-long" }],
    ["rate_limit_error", { fatal: false, retryable: true, fault: "rate-limit" }],
    ["api_error", { fatal: false, retryable: true, fault: undefined }],
    ["timeout_error", { fatal: false, retryable: true }],
    ["overloaded_error", { fatal: false, retryable: true, fault: "overloaded" }],
  ] as const)("translates %s, before the answer and in its middle", async (type, expected) => {
    await using stand = await start();
    stand.claude.when({}, [apiError(type, "Scripted"), errorEventAt(textTurn("half a"), 3, type)]);

    const before = await errorOf(stand.model.turn(request(), never));
    const within = await errorOf(stand.model.turn(request(), never));

    expect(before).toMatchObject({ system: "Claude", ...expected });
    expect(before.usage).toBeUndefined();
    expect(within.fatal).toBe(expected.fatal);
    expect(within.usage).toMatchObject({ cacheWriteTokens: expect.any(Number) });
    expect(stand.claude.journal.messages).toHaveLength(2);
  });

  it.each([
    ["prompt is too long: 1200000 tokens > 1000000 maximum", { fault: "too-long", fatal: false }],
    ["Your credit balance is too low to access the Anthropic API", { fault: undefined, fatal: true }],
  ])("reads what a 400 means: %s", async (message, expected) => {
    await using stand = await start();
    stand.claude.script(() => apiError("invalid_request_error", message));

    expect(await errorOf(stand.model.turn(request(), never))).toMatchObject({ retryable: false, ...expected });
  });

  it("carries how long to wait, in each of its three spellings, and the limits", async () => {
    await using stand = await start({ rateLimit: { requestsPerMinute: 300 } });
    const inTwoMinutes = new Date(Date.now() + 120_000).toUTCString();
    stand.claude.when({}, [
      rateLimited({ retryAfterSeconds: 7 }),
      overloaded({ retryAfterMs: 1_500 }),
      apiError("rate_limit_error", "later", { "retry-after": inTwoMinutes }),
      apiError("rate_limit_error", "later", { "retry-after": "soon" }),
    ]);

    const errors = [];
    for (let count = 0; count < 4; count++) errors.push(await errorOf(stand.model.turn(request(), never)));

    expect(errors.map(({ retryAfterMs }) => retryAfterMs)).toEqual([7_000, 1_500, expect.any(Number), undefined]);
    expect(errors[2]?.retryAfterMs).toBeGreaterThan(100_000);
    expect(errors[0]?.limits).toMatchObject({ requests: { limit: 300 } });
  });

  it("can ask again after a gateway's HTML and a socket that died", async () => {
    await using stand = await start();
    stand.claude.when({}, [badGateway(), resetBeforeHeaders()]);

    expect(await errorOf(stand.model.turn(request(), never))).toMatchObject({ retryable: true, fatal: false });
    expect(await errorOf(stand.model.turn(request(), never))).toMatchObject({ retryable: true, usage: undefined });
  });

  it.each(["end", "close", "reset"] satisfies CutKind[])(
    "never gives a turn whose stream was cut (%s)",
    async (how) => {
      await using stand = await start();
      stand.claude.script(() => cutAt(toolTurn([{ name: "Read", input: { file_path: "a" } }]), 900, how));

      const error = await errorOf(stand.model.turn(request(), never));

      expect(error).toMatchObject({
        retryable: true,
        fault: "broken",
        usage: { cacheWriteTokens: expect.any(Number) },
      });
    },
  );

  it("estimates the output of a cut stream by what arrived of it", async () => {
    await using stand = await start();
    const turn = textTurn("x".repeat(3_000));
    const whole = stand.claude.recordedTurnBytes(turn, {
      model: "claude-sonnet-5-5",
      max_tokens: 1_000,
      stream: true,
      messages: [{ role: "user", content: "x" }],
    });
    stand.claude.script(() => cutAt(turn, Math.floor(whole.length / 2)));

    const error = await errorOf(stand.model.turn(request(), never));

    expect(error.usage?.outputTokens).toBeGreaterThan(300);
    expect(error.usage?.outputTokens).toBeLessThan(700);
  });

  it("does not trust a tool call whose JSON is broken", async () => {
    await using stand = await start();
    stand.claude.script(() => brokenJsonTurn("Read", '{"file_path": "a" oops'));

    expect(await errorOf(stand.model.turn(request(), never))).toMatchObject({ retryable: true, fault: "broken" });
  });

  it("gives up an answer that falls silent, and says so", async () => {
    await using stand = await start({}, 40);
    stand.claude.script(() => stallAt(textTurn("a long answer"), 700));

    const error = await errorOf(stand.model.turn(request(), never));

    expect(error).toMatchObject({ retryable: true, fault: "broken", message: expect.stringContaining("nothing for") });
  });

  it("ends at once when its run is cancelled, and tells what the answer had cost", async () => {
    await using stand = await start();
    stand.claude.script(() => stallAt(textTurn("a long answer"), 900));
    const abort = new AbortController();

    const turn = stand.model.turn(request({ onFirstEvent: () => abort.abort(new Error("newer head")) }), abort.signal);

    expect(await errorOf(turn)).toMatchObject({ usage: { cacheWriteTokens: expect.any(Number) }, retryable: false });
  });

  it("names neither prompt nor key in what it says", async () => {
    await using stand = await start({ apiKeys: ["another"] });

    const error = await errorOf(stand.model.turn(request({ messages: [{ role: "user", text: "s3cret" }] }), never));

    expect(error.message).toMatch(/anthropic-api-key/);
    expect(error.message).not.toMatch(/s3cret|Bearer/);
  });
});
