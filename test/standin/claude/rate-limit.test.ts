import Anthropic from "@anthropic-ai/sdk";
import { expect, it } from "vitest";

import { overloaded } from "../../../src/standin/claude/faults.ts";
import { startClaude } from "../../../src/standin/claude/server.ts";
import { textTurn } from "../../../src/standin/claude/turns.ts";
import type { ClaudeOptions } from "../../../src/standin/claude/world.ts";
import { ask } from "./checked-claude.ts";

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
}

async function limited(rateLimit: NonNullable<ClaudeOptions["rateLimit"]>) {
  const clock = { time: Date.UTC(2026, 10, 22), now: () => clock.time, sleep: async () => Promise.resolve() };
  const claude = await startClaude({ rateLimit, clock });
  claude.when({ contains: "fail" }, [overloaded()], { repeat: true });
  claude.script(() => textTurn("x".repeat(400)));
  const client = new Anthropic({ apiKey: "key", baseURL: claude.url, maxRetries: 0 });
  const send = async (text = "abcd", maxTokens = 100) =>
    client.messages
      .create({ ...ask(text), max_tokens: maxTokens })
      .withResponse()
      .then(
        ({ response }): Answer => ({ status: response.status, headers: Object.fromEntries(response.headers) }),
        (error: unknown): Answer => {
          if (!(error instanceof Anthropic.APIError)) throw error;
          const headers: unknown = error.headers;
          return {
            status: Number(error.status),
            headers: headers instanceof Headers ? Object.fromEntries(headers) : {},
          };
        },
      );
  return { claude, clock, send, [Symbol.asyncDispose]: async () => claude[Symbol.asyncDispose]() };
}

it("counts requests down, refuses with the seconds to wait, and refills", async () => {
  await using api = await limited({ requestsPerMinute: 60, burstSeconds: 2 });

  const [first, second, third] = [await api.send(), await api.send(), await api.send()];
  api.clock.time += 1000;
  const fourth = await api.send();

  expect([first.status, second.status, third.status, fourth.status]).toEqual([200, 200, 429, 200]);
  expect(first.headers).toMatchObject({
    "anthropic-ratelimit-requests-limit": "60",
    "anthropic-ratelimit-requests-remaining": "1",
    "anthropic-ratelimit-requests-reset": "2026-11-22T00:00:01.000Z",
  });
  expect(third.headers).toMatchObject({ "retry-after": "1", "anthropic-ratelimit-requests-remaining": "0" });
});

it("counts uncached input, and lets a request larger than the bucket through a full one", async () => {
  await using api = await limited({ inputTokensPerMinute: 6000, burstSeconds: 1 });

  const first = await api.send("x".repeat(1200));
  const second = await api.send("abcd");

  expect(first.status).toBe(200);
  expect(second).toMatchObject({ status: 429, headers: { "retry-after": "3" } });
  expect(first.headers).toMatchObject({
    "anthropic-ratelimit-input-tokens-limit": "6000",
    "anthropic-ratelimit-tokens-limit": "6000",
  });
});

it("does not count what is read from the cache", async () => {
  await using api = await limited({ inputTokensPerMinute: 1100 });
  const client = new Anthropic({ apiKey: "key", baseURL: api.claude.url, maxRetries: 0 });
  const request = { ...ask("x".repeat(4000)), cache_control: { type: "ephemeral" as const } };

  const statuses = [];
  for (const _ of [1, 2, 3]) {
    // eslint-disable-next-line no-await-in-loop
    statuses.push((await client.messages.create(request).withResponse()).response.status);
  }

  expect(statuses).toEqual([200, 200, 200]);
});

it("charges output when it is known, or all of max_tokens at the start", async () => {
  await using afterwards = await limited({ outputTokensPerMinute: 150 });
  await using reserved = await limited({ outputTokensPerMinute: 150, outputAtStart: "max_tokens" });

  const statuses = async (api: typeof afterwards) => [
    (await api.send()).status,
    (await api.send()).status,
    (await api.send()).status,
  ];

  expect(await statuses(afterwards)).toEqual([200, 200, 429]);
  expect(await statuses(reserved)).toEqual([200, 429, 429]);
});

it("gives back what was reserved for an answer that failed", async () => {
  await using api = await limited({ outputTokensPerMinute: 150, outputAtStart: "max_tokens" });

  const statuses = [(await api.send("fail")).status, (await api.send()).status];

  expect(statuses).toEqual([529, 200]);
});
