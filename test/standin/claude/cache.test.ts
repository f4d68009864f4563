import type Anthropic from "@anthropic-ai/sdk";
import fc from "fast-check";
import { expect, it } from "vitest";

import { PromptCache } from "../../../src/standin/claude/cache.ts";
import { overloaded } from "../../../src/standin/claude/faults.ts";
import { readMessagesRequest } from "../../../src/standin/claude/request.ts";
import { textTurn } from "../../../src/standin/claude/turns.ts";
import { ask, startCheckedClaude } from "./checked-claude.ts";

const GUIDE = "g".repeat(4000);
const EPHEMERAL = { type: "ephemeral" } as const;

function shared(task: string, guide = GUIDE): Anthropic.MessageCreateParamsNonStreaming {
  return { ...ask(task), system: [{ type: "text", text: guide, cache_control: EPHEMERAL }] };
}

function bill({ usage }: Anthropic.Message) {
  return [usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens];
}

function fakeClock() {
  const clock = { time: 1_000_000, now: () => clock.time, sleep: async () => Promise.resolve() };
  return clock;
}

it("writes a marked prefix once and reads it afterwards", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => textTurn("Fine."));

  const first = await checked.client.messages.create(shared("abcd"));
  const second = await checked.client.messages.stream(shared("efghijkl")).finalMessage();

  expect(bill(first)).toEqual([1, 1000, 0]);
  expect(bill(second)).toEqual([2, 0, 1000]);
  expect(first.usage.cache_creation).toEqual({ ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 0 });
  expect(checked.claude.journal.billed).toMatchObject({ input: 3, cacheWrite5m: 1000, cacheRead: 1000 });
});

it("does not let two requests share what neither has begun to answer", async () => {
  await using checked = await startCheckedClaude();
  const bothHere = Promise.withResolvers<void>();
  checked.claude.script(async (_, { inFlight }) => {
    if (inFlight === 2) bothHere.resolve();
    await bothHere.promise;
    return textTurn("Fine.");
  });

  const both = await Promise.all(["abcd", "efgh"].map(async (task) => checked.client.messages.create(shared(task))));

  expect(both.map(bill)).toEqual([
    [1, 1000, 0],
    [1, 1000, 0],
  ]);
});

it("lets others read as soon as the first event of the writer is there", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.when({ contains: "first" }, [{ ...textTurn("Fine."), fault: { type: "stall", atByte: 10 } }]);
  checked.claude.script(() => textTurn("Fine."));
  const writer = await checked.client.messages.create({ ...shared("first"), stream: true });

  const reader = await checked.client.messages.create(shared("efgh"));

  expect(bill(reader)).toEqual([1, 0, 1000]);
  writer.controller.abort();
});

it("writes nothing where the answer never begins", async () => {
  await using checked = await startCheckedClaude({ storm: { fault: overloaded(), requests: [1] } });
  checked.claude.script(() => textTurn("Fine."));
  await expect(checked.client.messages.create(shared("abcd"))).rejects.toMatchObject({ status: 529 });

  const second = await checked.client.messages.create(shared("abcd"));

  expect(bill(second)).toEqual([1, 1000, 0]);
});

it("forgets a prefix five minutes after its last use", async () => {
  const clock = fakeClock();
  await using checked = await startCheckedClaude({ clock });
  checked.claude.script(() => textTurn("Fine."));
  const bills: unknown[] = [];

  for (const minutes of [0, 4, 4, 5]) {
    clock.time += minutes * 60_000;
    // eslint-disable-next-line no-await-in-loop
    bills.push(bill(await checked.client.messages.create(shared("abcd"))));
  }

  expect(bills).toEqual([
    [1, 1000, 0],
    [1, 0, 1000],
    [1, 0, 1000],
    [1, 1000, 0],
  ]);
});

it("keeps a prefix of one hour for an hour, and bills it apart", async () => {
  const clock = fakeClock();
  await using checked = await startCheckedClaude({ clock });
  checked.claude.script(() => textTurn("Fine."));
  const request: Anthropic.MessageCreateParamsNonStreaming = {
    ...ask("abcd"),
    system: [{ type: "text", text: GUIDE, cache_control: { type: "ephemeral", ttl: "1h" } }],
  };

  const first = await checked.client.messages.create(request);
  clock.time += 59 * 60_000;
  const second = await checked.client.messages.create(request);

  expect(first.usage.cache_creation).toEqual({ ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 1000 });
  expect(bill(second)).toEqual([1, 0, 1000]);
});

it("grows with the conversation: the second turn reads the first and writes what is new", async () => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => textTurn("y".repeat(400)));
  const first: Anthropic.MessageCreateParamsNonStreaming = { ...ask("a".repeat(4000)), cache_control: EPHEMERAL };
  const answer = await checked.client.messages.create(first);

  const second = await checked.client.messages.create({
    ...first,
    messages: [
      ...first.messages,
      { role: "assistant", content: "y".repeat(400) },
      { role: "user", content: "b".repeat(40) },
    ],
  });

  expect(bill(answer)).toEqual([0, 1000, 0]);
  expect(bill(second)).toEqual([0, 110, 1000]);
});

it.each([
  ["another model", { model: "claude-sonnet-5-5" }],
  ["another prefix", { system: [{ type: "text" as const, text: `${GUIDE}!`, cache_control: EPHEMERAL }] }],
  ["another tool list", { tools: [{ name: "Read", input_schema: { type: "object" as const } }] }],
])("does not read across %s", async (_, change) => {
  await using checked = await startCheckedClaude();
  checked.claude.script(() => textTurn("Fine."));
  await checked.client.messages.create(shared("abcd"));

  const second = await checked.client.messages.create({ ...shared("abcd"), ...change });

  expect(second.usage.cache_read_input_tokens).toBe(0);
  expect(second.usage.cache_creation_input_tokens).toBeGreaterThan(0);
});

it("does not cache below the minimum, and says nothing", async () => {
  await using checked = await startCheckedClaude({ minimumCacheableTokens: 1001 });
  checked.claude.script(() => textTurn("Fine."));

  const message = await checked.client.messages.create(shared("abcd"));

  expect(bill(message)).toEqual([1001, 0, 0]);
});

it("warms the cache with max_tokens 0, without asking the script", async () => {
  await using checked = await startCheckedClaude();
  const warm = await checked.client.messages.create({ ...shared("warm"), max_tokens: 0 });
  checked.claude.script(() => textTurn("Fine."));

  const reader = await checked.client.messages.create(shared("efgh"));

  expect(warm).toMatchObject({ content: [], usage: { output_tokens: 0, cache_creation_input_tokens: 1000 } });
  expect(bill(reader)).toEqual([1, 0, 1000]);
});

it("bills every token of a prompt exactly once, and never reads what nobody wrote", () => {
  const block = fc.record({ type: fc.constant("text"), text: fc.constantFrom("a", "b".repeat(400), "c".repeat(4000)) });
  const marked = fc.record({ block, isMarked: fc.boolean() });
  const prompts = fc.array(fc.array(marked, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 8 });

  fc.assert(
    fc.property(prompts, (all) => {
      const cache = new PromptCache(512);
      let written = 0;
      for (const blocks of all) {
        const content = blocks.map((one) => ({ ...one.block, ...(one.isMarked ? { cache_control: EPHEMERAL } : {}) }));
        const request = readMessagesRequest({ ...ask(), messages: [{ role: "user", content }] });
        if ("problem" in request) throw new Error(request.problem);
        const plan = cache.plan(request, 0);
        const { usage } = plan;
        plan.commit();
        const total = blocks.reduce((sum, one) => sum + Math.ceil(one.block.text.length / 4), 0);

        expect(usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h).toBe(total);
        expect(usage.cacheRead).toBeLessThanOrEqual(written);
        written += usage.cacheWrite5m;
      }
    }),
  );
});
