import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ExternalError } from "../../../src/domain/errors.ts";
import { gatedModel } from "../../../src/flow/scheduler/gated-model.ts";
import { rateLedgers } from "../../../src/flow/scheduler/rate-ledger.ts";
import type { Model, Turn, TurnRequest } from "../../../src/ports/model.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { type SimulatedOptions, simulatedRequest, SimulatedService } from "../../support/simulated-service.ts";

const never = new AbortController().signal;
const LONG_PREFIX = "shared ".repeat(2_000);
const USAGE = { inputTokens: 10, outputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0 };

function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

function setUp(options: SimulatedOptions & { concurrency?: number; random?: () => number } = {}): {
  clock: ManualClock;
  service: SimulatedService;
  model: Model;
} {
  const clock = new ManualClock();
  const service = new SimulatedService(clock, options);
  const random = options.random ?? numbersFrom(1);
  return { clock, service, model: gatedModel(service, { clock, random, concurrency: options.concurrency ?? 64 }) };
}

/** Asks for all of it at once; the endings come in the order of the requests. */
function askAll(model: Model, count: number, over: Partial<TurnRequest> = {}): Promise<PromiseSettledResult<Turn>[]> {
  const tasks = Array.from({ length: count }, (_, index) => model.turn(simulatedRequest(`t${index}`, over), never));
  return Promise.allSettled(tasks);
}

async function runAll(
  set: { clock: ManualClock; model: Model },
  count: number,
  over: Partial<TurnRequest> = {},
): Promise<{ fulfilled: number; endings: PromiseSettledResult<Turn>[]; wallMs: number }> {
  const asked = askAll(set.model, count, over);
  await set.clock.run();
  const endings = await asked;
  return {
    endings,
    fulfilled: endings.filter(({ status }) => status === "fulfilled").length,
    wallMs: set.clock.now(),
  };
}

const failure = (over: ConstructorParameters<typeof ExternalError>[2]): ExternalError =>
  new ExternalError("Claude", "failed", over);

describe("gatedModel: what goes when", () => {
  it("keeps at most `concurrency` requests in flight and loses none", async () => {
    const set = setUp({ concurrency: 7 });

    const { fulfilled } = await runAll(set, 40);

    expect(fulfilled).toBe(40);
    expect(set.service.maxInFlight).toBe(7);
  });

  it.each([
    { count: 50, withinMs: 300 },
    { count: 1_000, withinMs: 600 },
  ])("starts one by one and faster and faster: $count are on their way within $withinMs ms", async (expected) => {
    const set = setUp({ concurrency: expected.count });

    await runAll(set, expected.count);
    const starts = set.service.seen.map(({ atMs }) => atMs);

    expect(starts.filter((atMs) => atMs < 16)).toHaveLength(1);
    expect(Math.max(...starts)).toBeLessThan(expected.withinMs);
  });

  it("lets the first request write a long prefix, and the others follow at its first event", async () => {
    const set = setUp();

    await runAll(set, 10, { prefix: LONG_PREFIX });
    const [first, ...others] = set.service.seen.map(({ atMs }) => atMs);

    expect(first).toBe(0);
    expect(Math.min(...others)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...others)).toBeLessThan(1_150);
  });

  it("does not wait for the prefix when it is short", async () => {
    const set = setUp();

    await runAll(set, 10, { prefix: "short" });

    expect(Math.max(...set.service.seen.map(({ atMs }) => atMs))).toBeLessThan(150);
  });

  it("lets another request go ahead when the first one fails before it began", async () => {
    const set = setUp({ fault: (_request, index) => (index === 1 ? failure({}) : undefined) });

    const { fulfilled } = await runAll(set, 5, { prefix: LONG_PREFIX });
    const starts = set.service.seen.map(({ atMs }) => atMs);

    expect(fulfilled).toBe(4);
    expect(starts.filter((atMs) => atMs < 1_000)).toHaveLength(2);
  });

  it("writes the prefix again once it has left the cache", async () => {
    const set = setUp();
    await runAll(set, 2, { prefix: LONG_PREFIX });
    await set.clock.run(set.clock.now() + 300_000);

    const before = set.clock.now();
    await runAll(set, 3, { prefix: LONG_PREFIX });

    const later = set.service.seen.slice(2).map(({ atMs }) => atMs - before);
    expect(later.filter((atMs) => atMs < 1_000)).toHaveLength(1);
  });

  it("lets urgent requests go first, and equals in the order they came", async () => {
    const set = setUp({ concurrency: 1 });
    const ask = (task: string, priority?: number): Promise<Turn> =>
      set.model.turn(simulatedRequest(task, priority === undefined ? {} : { priority }), never);

    const asked = [ask("first"), ask("a"), ask("b", 1), ask("c", 5), ask("d", 5), ask("e", -1)];
    await set.clock.run();
    await Promise.all(asked);

    expect(set.service.seen.map(({ task }) => task)).toEqual(["first", "c", "d", "b", "a", "e"]);
  });

  it("drops a waiting request whose run is cancelled, and sends nothing for it", async () => {
    const set = setUp({ concurrency: 1 });
    const abort = new AbortController();
    const first = set.model.turn(simulatedRequest("first"), never);
    const waiting = set.model.turn(simulatedRequest("waiting"), abort.signal);
    await set.clock.settle();

    abort.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    await set.clock.run();
    await first;

    expect(set.service.seen.map(({ task }) => task)).toEqual(["first"]);
  });
});

describe("gatedModel: under a rate limit", () => {
  const bound = (
    count: number,
    per: { requests?: number; input?: number; output?: number; prefix?: number },
    limits: { perMinute: number; burstSeconds: number },
  ): number => {
    const amount = count * (per.requests ?? per.input ?? per.output ?? 0) + (per.prefix ?? 0);
    const beyond = Math.max(0, amount - (limits.perMinute * limits.burstSeconds) / 60);
    return (beyond * 60_000) / limits.perMinute + 2_250;
  };

  it.each([
    {
      name: "requests, a second's worth at once",
      limits: { requestsPerMinute: 300, burstSeconds: 1 },
      per: { requests: 1 },
      perMinute: 300,
    },
    {
      name: "requests, a minute's worth at once",
      limits: { requestsPerMinute: 50, burstSeconds: 60 },
      per: { requests: 1 },
      perMinute: 50,
    },
    {
      name: "requests of a small account",
      limits: { requestsPerMinute: 50, burstSeconds: 5 },
      per: { requests: 1 },
      perMinute: 50,
    },
    {
      name: "input tokens",
      limits: { inputTokensPerMinute: 30_000, burstSeconds: 60 },
      per: { input: 2_000 },
      perMinute: 30_000,
    },
    {
      name: "input tokens, a second's worth at once",
      limits: { inputTokensPerMinute: 600_000, burstSeconds: 1 },
      per: { input: 2_000 },
      perMinute: 600_000,
    },
    {
      name: "output tokens",
      limits: { outputTokensPerMinute: 8_000, burstSeconds: 60 },
      per: { output: 400 },
      perMinute: 8_000,
    },
  ])("loses nothing, provokes few refusals and comes near the bound: $name", async ({ limits, per, perMinute }) => {
    const set = setUp({
      limits,
      wayMs: 5,
      inputTokens: "input" in per ? per.input : 100,
      outputTokens: "output" in per ? per.output : 100,
    });
    const task = { messages: [{ role: "user", text: "x".repeat(("input" in per ? per.input : 100) * 3) }] as const };

    const { fulfilled, wallMs } = await runAll(set, 100, task);

    expect(fulfilled).toBe(100);
    expect(wallMs / bound(100, per, { perMinute, burstSeconds: limits.burstSeconds })).toBeLessThan(1.1);
    const before = set.service.seen.findIndex(({ status }) => status === "refused");
    const heardMs = (set.service.seen[before]?.endedMs ?? 0) + 1;
    const unheard = set.service.seen.filter(({ status, atMs }) => status === "refused" && atMs <= heardMs).length;
    expect(unheard).toBeLessThanOrEqual(1 + 0.15 * before);
    expect((set.service.refused - unheard) / set.service.seen.length).toBeLessThan(0.02);
  });

  it("sends a long prefix once, so that the input limit is spent on it once", async () => {
    const set = setUp({
      limits: { inputTokensPerMinute: 500_000, burstSeconds: 1 },
      prefixTokens: 30_000,
      inputTokens: 1_500,
      outputTokens: 400,
    });

    const { fulfilled, wallMs } = await runAll(set, 50, {
      prefix: "p".repeat(90_000),
      messages: [{ role: "user", text: "x".repeat(4_500) }],
    });

    expect(fulfilled).toBe(50);
    expect(set.service.refused).toBeLessThanOrEqual(1);
    expect(wallMs).toBeLessThan(1.1 * (((30_000 + 50 * 1_500 - 8_333) * 60_000) / 500_000 + 2_250));
  });

  it("makes all lanes keep the wait that one of them was told", async () => {
    const set = setUp({
      concurrency: 4,
      fault: (_request, index) =>
        index === 2 ? failure({ retryable: true, fault: "rate-limit", retryAfterMs: 20_000 }) : undefined,
    });

    const { fulfilled } = await runAll(set, 12);

    expect(fulfilled).toBe(12);
    const [, , ...others] = set.service.seen.map(({ atMs }) => atMs);
    expect(Math.min(...others)).toBeGreaterThanOrEqual(20_000);
    expect(Math.min(...others)).toBeLessThanOrEqual(21_000);
  });

  it("lets requests to another model go while one has to wait for its limit", async () => {
    const set = setUp({ limits: { requestsPerMinute: 60, burstSeconds: 2 } });
    const ask = (task: string, name: string): Promise<Turn> =>
      set.model.turn(simulatedRequest(task, { model: name }), never);
    await runAll(set, 4, { model: "a" });
    const before = set.clock.now();

    const asked = [ask("a1", "a"), ask("a2", "a"), ask("a3", "a"), ask("b", "b")];
    await set.clock.run();
    await Promise.all(asked);

    const at = (task: string): number => (set.service.seen.find((seen) => seen.task === task)?.atMs ?? 0) - before;
    expect(at("b")).toBeLessThan(100);
    expect(at("a3")).toBeGreaterThan(500);
  });

  it("knows what another run of the process was told of the account's limits", async () => {
    const clock = new ManualClock();
    const service = new SimulatedService(clock, { limits: { requestsPerMinute: 60, burstSeconds: 1 }, wayMs: 5 });
    const ledgers = rateLedgers();
    const gate = (): Model => gatedModel(service, { clock, random: numbersFrom(1), concurrency: 64, ledgers });
    await runAll({ clock, model: gate() }, 3);
    const before = service.refused;

    const runs = [askAll(gate(), 5), askAll(gate(), 5)];
    await clock.run();
    const endings = (await Promise.all(runs)).flat();

    expect(endings.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    expect(service.refused).toBe(before);
  });

  it("ends what has not been sent when it is told to wait longer than a minute", async () => {
    const set = setUp({
      concurrency: 2,
      fault: (_request, index) =>
        index === 2 ? failure({ retryable: true, fault: "rate-limit", retryAfterMs: 600_000 }) : undefined,
    });

    const { fulfilled, wallMs } = await runAll(set, 20);

    expect(fulfilled).toBe(1);
    expect(set.service.seen).toHaveLength(2);
    expect(wallMs).toBeLessThan(10_000);
  });
});

describe("gatedModel: failures", () => {
  it("sends nothing more after a failure that every call would meet", async () => {
    const set = setUp({ fault: () => failure({ fatal: true }) });

    const { endings } = await runAll(set, 50);
    const late = set.model.turn(simulatedRequest("late"), never);

    expect(endings.every((ending) => ending.status === "rejected" && (ending.reason as ExternalError).fatal)).toBe(
      true,
    );
    expect(set.service.seen).toHaveLength(1);
    await expect(late).rejects.toMatchObject({ fatal: true, usage: undefined });
  });

  it("sends a turn that broke again, at most three times, within growing random waits", async () => {
    const set = setUp({ random: () => 0.999, fault: () => failure({ retryable: true, fault: "broken" }) });

    const { fulfilled } = await runAll(set, 1);

    expect(fulfilled).toBe(0);
    const starts = set.service.seen.map(({ atMs }) => atMs);
    const waits = starts.slice(1).map((atMs, index) => Math.round((atMs - (starts[index] ?? 0)) / 100) * 100);
    expect(waits).toEqual([1_000, 2_000, 4_000]);
  });

  it("has a budget of its own for an overloaded service, and shrinks what is in flight", async () => {
    const isOverloaded = (clock: ManualClock): boolean => clock.now() < 10_000;
    const set = setUp({
      concurrency: 64,
      fault: (): ExternalError | undefined =>
        isOverloaded(set.clock) ? failure({ retryable: true, fault: "overloaded" }) : undefined,
    });

    const { fulfilled } = await runAll(set, 64);

    expect(fulfilled).toBeGreaterThan(56);
    expect(set.service.seen.filter(({ status }) => status === "failed").length).toBeLessThan(64 * 5);
    const firstGood = set.service.seen.findIndex(({ atMs }) => atMs >= 10_000);
    const together = set.service.seen.slice(firstGood).filter(({ atMs }) => atMs < 10_000 + 2_250).length;
    expect(together).toBeLessThan(16);
  });

  it("does not send again what cannot succeed", async () => {
    const set = setUp({ fault: () => failure({ retryable: false }) });

    await runAll(set, 3);

    expect(set.service.seen).toHaveLength(3);
  });

  it("asks whether a broken turn may be paid for again, and obeys", async () => {
    const broken = failure({ retryable: true, fault: "broken", usage: USAGE });
    const set = setUp({ fault: (_request, index) => (index <= 2 ? broken : undefined) });
    const asked: ExternalError[] = [];
    const may = (answer: boolean) => async (error: ExternalError) => {
      asked.push(error);
      return answer;
    };

    const refused = Promise.allSettled([set.model.turn(simulatedRequest("poor", { onBroken: may(false) }), never)]);
    await set.clock.run();
    const paid = set.model.turn(simulatedRequest("rich", { onBroken: may(true) }), never);
    await set.clock.run();

    expect((await refused)[0]).toMatchObject({ status: "rejected", reason: broken });
    expect(await paid).toMatchObject({ stop: "end" });
    expect(asked).toEqual([broken, broken]);
    expect(set.service.seen).toHaveLength(3);
  });

  it("answers or fails every call, whatever happens, and never has more in flight than allowed", async () => {
    const fault = fc.constantFrom(
      undefined,
      undefined,
      failure({ retryable: true, fault: "rate-limit", retryAfterMs: 1_500 }),
      failure({ retryable: true, fault: "rate-limit" }),
      failure({ retryable: true, fault: "overloaded" }),
      failure({ retryable: true, fault: "broken", usage: USAGE }),
      failure({ retryable: false }),
      new ExternalError("Claude", "no key", { fatal: true }),
    );
    const run = fc.record({
      faults: fc.array(fault, { maxLength: 40 }),
      calls: fc.integer({ min: 1, max: 25 }),
      concurrency: fc.integer({ min: 1, max: 10 }),
      prefix: fc.constantFrom("", LONG_PREFIX),
      seed: fc.integer({ min: 1, max: 1_000_000 }),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ faults, calls, concurrency, prefix, seed }) => {
        const set = setUp({ concurrency, random: numbersFrom(seed), fault: (_request, index) => faults[index - 1] });

        const { endings } = await runAll(set, calls, { prefix });

        expect(endings).toHaveLength(calls);
        expect(set.service.maxInFlight).toBeLessThanOrEqual(concurrency);
        const done = set.service.seen.filter(({ status }) => status === "answered").length;
        expect(endings.filter(({ status }) => status === "fulfilled")).toHaveLength(done);
      }),
      { numRuns: 100 },
    );
  });
});
