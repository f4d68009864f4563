import { describe, expect, it } from "vitest";

import { ExternalError } from "../../../src/domain/errors.ts";
import { costUsd, type PriceOverride, priceOf } from "../../../src/domain/price.ts";
import type { Report } from "../../../src/domain/report.ts";
import type { Outcome } from "../../../src/domain/subtask.ts";
import type { Checkpoint } from "../../../src/flow/checkpoint/checkpoint.ts";
import { keepRun } from "../../../src/flow/checkpoint/keep-run.ts";
import { mismatch } from "../../../src/flow/checkpoint/mismatch.ts";
import { replayRun } from "../../../src/flow/checkpoint/replay-run.ts";
import { runMemory } from "../../../src/flow/checkpoint/run-memory.ts";
import type { Investigation } from "../../../src/flow/investigate.ts";
import type { Model, TurnRequest } from "../../../src/ports/model.ts";
import type { RunHeader, RunStore, TranscriptEntry } from "../../../src/ports/run-store.ts";
import { purseOf } from "../../../src/subagent/purse.ts";
import { aReport, aSubtask, anOutcome } from "../../support/builders.ts";
import { callsTurn, ScriptedModel } from "../../support/scripted-model.ts";

const never = new AbortController().signal;
const HEADER: RunHeader = {
  kind: "run",
  schema: "parallel-review/transcript@1",
  version: "1.0.0",
  startedMs: 1_000,
  repository: "acme/shop",
  base: "b".repeat(40),
  head: "a".repeat(40),
  planHash: "p",
  request: { run: "", engine: "claude", model: "claude-sonnet-5-5" },
};
const PLAN = { subtasks: [aSubtask()], skipped: [], notes: [], warnings: [] };
const ask = (text: string, over: Partial<TurnRequest> = {}): TurnRequest => ({
  model: "claude-sonnet-5-5",
  system: "system",
  prefix: "prefix",
  messages: [{ role: "user", text }],
  tools: [],
  maxOutputTokens: 100,
  effort: undefined,
  ...over,
});
const A_TURN = callsTurn({ name: "Read", input: {} });
const A_COST = costUsd(priceOf("claude-sonnet-5-5"), A_TURN.usage);

class MemoryStore implements RunStore {
  readonly entries: TranscriptEntry[] = [];
  readonly reports: Report[] = [];

  append(entry: TranscriptEntry): void {
    this.entries.push(entry);
  }

  saveReport(report: Report): void {
    this.reports.push(report);
  }
}

function run(
  store: MemoryStore,
  options: { now?: () => number; goOn?: boolean; prices?: readonly PriceOverride[] } = {},
): Checkpoint {
  const now = options.now ?? (() => 2_000);
  const memory = options.goOn === true ? runMemory(HEADER, [...store.entries]) : undefined;
  return keepRun({
    store,
    header: HEADER,
    clock: { now, sleep: async () => undefined },
    prices: options.prices ?? [],
    memory,
  });
}

const investigation = (outcome: Outcome): Investigation => ({ outcome, unanalysed: [] });

describe("a run that is kept", () => {
  it("gives answers that were paid for again, without asking and without paying", async () => {
    const store = new MemoryStore();
    const first = new ScriptedModel(A_TURN);
    await run(store)
      .lane("s1", { model: first, purse: purseOf(1) })
      .model.turn(ask("look"), never);
    const second = new ScriptedModel(callsTurn());
    const purse = purseOf(1);

    const lane = run(store, { goOn: true }).lane("s1", { model: second, purse });
    const reservation = await lane.purse.reserve(0.5, never);
    const recalled = await lane.model.turn(ask("look"), never);
    reservation?.settle(A_COST);

    expect(recalled).toEqual(A_TURN);
    expect(purse.spentUsd).toBe(0);

    const next = await lane.purse.reserve(0.5, never);
    await lane.model.turn(ask("look"), never);
    next?.settle(A_COST);

    expect(purse.spentUsd).toBe(A_COST);
    second.done();
  });

  it("counts by the repository's own prices", async () => {
    const store = new MemoryStore();
    const prices = [{ model: "claude-sonnet", input: 20, output: 200, cacheWrite: 0, cacheRead: 0 }];

    await run(store, { prices })
      .lane("s1", { model: new ScriptedModel(A_TURN), purse: purseOf(1) })
      .model.turn(ask("look"), never);

    const own = costUsd(priceOf("claude-sonnet-5-5", prices), A_TURN.usage);
    expect(own).not.toBe(A_COST);
    expect(run(store, { goOn: true }).paidUsd).toBe(own);
  });

  it("counts what broken answers cost, in the money and in the subtask that asked", async () => {
    const store = new MemoryStore();
    const broken = new ExternalError("Claude", "broke off", { retryable: true, fault: "broken", usage: A_TURN.usage });
    const model: Model = {
      async turn(request) {
        await request.onBroken?.(broken);
        return A_TURN;
      },
    };
    const lane = run(store).lane("s1", { model, purse: purseOf(1) });

    await lane.model.turn(ask("look", { onBroken: async () => true }), never);
    const goneOn = run(store, { goOn: true });
    const whole = await goneOn.investigate(async () => investigation(anOutcome()))(aSubtask(), never, []);

    expect(goneOn.paidUsd).toBeCloseTo(2 * A_COST, 12);
    expect(whole.outcome.costUsd).toBeCloseTo(2 * A_COST, 12);
    expect(whole.outcome.usage.inputTokens).toBe(200);
  });

  it.each([
    [{ ...anOutcome(), end: "done" }, true],
    [{ ...anOutcome(), end: "refused", reason: "cyber" }, true],
    [{ ...anOutcome(), end: "out-of-budget", limit: "turns" }, true],
    [{ ...anOutcome(), end: "out-of-budget", limit: "money" }, false],
    [{ ...anOutcome(), end: "out-of-budget", limit: "time" }, false],
    [{ ...anOutcome(), end: "cancelled", reason: "received SIGTERM" }, false],
    [{ ...anOutcome(), end: "failed", error: new ExternalError("Claude", "gone") }, false],
  ] satisfies [Outcome, boolean][])(
    "takes an outcome as it was when nothing would change it: %o",
    async (outcome, taken) => {
      const store = new MemoryStore();
      await run(store).investigate(async () => investigation(outcome))(aSubtask(), never, []);
      let asked = 0;

      await run(store, { goOn: true }).investigate(async () => {
        asked += 1;
        return investigation(anOutcome());
      })(aSubtask(), never, []);

      expect(asked).toBe(taken ? 0 : 1);
    },
  );

  it("lets its clock go on where it stood, however long the pause was", async () => {
    const store = new MemoryStore();
    const outcome = anOutcome({ startedMs: 1_500, endedMs: 4_000 });
    await run(store).investigate(async () => investigation(outcome))(aSubtask(), never, []);

    const { clock, startMs } = run(store, { goOn: true, now: () => 9_000_000 });

    expect(startMs).toBe(1_000);
    expect(clock.now()).toBe(4_000);
  });

  it("saves the report so far no more often than it is worth", () => {
    const store = new MemoryStore();
    let now = 0;
    const checkpoint = run(store, { now: () => now });

    for (const at of [0, 500, 999, 1_000, 1_001]) {
      now = at;
      checkpoint.saveReport(() => aReport({ notes: [String(at)] }));
    }

    expect(store.reports.map(({ notes }) => notes[0])).toEqual(["0", "1000"]);
  });

  it("cannot go on as another run", () => {
    const now = { ...HEADER, request: { ...HEADER.request, model: "claude-opus-5-5" } };

    expect(mismatch(HEADER, HEADER)).toBeUndefined();
    expect(mismatch(HEADER, now)).toBe('the model was "claude-sonnet-5-5" then and is "claude-opus-5-5" now');
    expect(mismatch(HEADER, { ...HEADER, planHash: "q" })).toContain("the plan is another one now");
    expect(mismatch(HEADER, { ...HEADER, version: "2.0.0" })).toBe("version 1.0.0 wrote it, and this is 2.0.0");
    expect(mismatch(HEADER, { ...HEADER, head: "c" })).toBe(`it is about ${"a".repeat(40)}, but the head is c now`);
  });
});

describe("a run that is told again", () => {
  async function recorded(outcome: Outcome = anOutcome(), ...failures: Error[]): Promise<MemoryStore> {
    const store = new MemoryStore();
    const checkpoint = run(store);
    const lane = checkpoint.lane("s1", { model: new ScriptedModel(...failures, A_TURN), purse: purseOf(1) });
    for (const _ of failures) await lane.model.turn(ask("look"), never).catch(() => undefined);
    await lane.model.turn(ask("look"), never);
    await checkpoint.investigate(async () => investigation(outcome))(aSubtask(), never, []);
    checkpoint.ending({ timeUp: true });
    return store;
  }
  const replay = (store: MemoryStore): Checkpoint => replayRun(runMemory(HEADER, store.entries), PLAN);
  const nobody = { model: new ScriptedModel(), purse: purseOf(0) };

  it("answers and fails as it did, in that order, and ends as it did", async () => {
    const store = await recorded(anOutcome(), new ExternalError("Claude", "overloaded", { retryable: true }));
    const checkpoint = replay(store);
    const { model } = checkpoint.lane("s1", nobody);

    await expect(model.turn(ask("look"), never)).rejects.toMatchObject({ message: "overloaded", retryable: true });
    expect(await model.turn(ask("look"), never)).toEqual(A_TURN);
    expect(checkpoint.ending({ timeUp: false })).toEqual({ timeUp: true });
  });

  it.each([
    ["the system prompt", ask("look", { system: "other" })],
    ["the shared part of the brief", ask("look", { prefix: "other" })],
    ["the model", ask("look", { model: "other", prefix: "other" })],
    ["the output limit or the effort", ask("look", { effort: "low" })],
    ["message 1", ask("look there")],
    ["message 2", ask("look", { messages: [...ask("look").messages, { role: "user", text: "more" }] })],
  ])("names %s where a request is not the one that was recorded", async (part, request) => {
    const { model } = replay(await recorded()).lane("s1", nobody);

    await expect(model.turn(request, never)).rejects.toThrow(
      `request 1 of s1 is not in the transcript: what differs first is ${part}`,
    );
  });

  it("says when it is asked more than was recorded, or by somebody else", async () => {
    const checkpoint = replay(await recorded());
    const { model } = checkpoint.lane("s1", nobody);
    await model.turn(ask("look"), never);

    await expect(model.turn(ask("look"), never)).rejects.toThrow(
      "request 2 of s1 is not in the transcript: it has only 1",
    );
    await expect(checkpoint.lane("s2", nobody).model.turn(ask("look"), never)).rejects.toMatchObject({
      message: "request 1 of s2 is not in the transcript: it has no request of s2",
      fatal: true,
    });
    expect(() => checkpoint.ending({ timeUp: false })).toThrow("request 2 of s1 is not in the transcript");
  });

  it("takes as it was what was ended from outside", async () => {
    const outcome: Outcome = { ...anOutcome({ turns: 3 }), end: "cancelled", reason: "received SIGTERM" };
    const checkpoint = replay(await recorded(outcome));

    const told = await checkpoint.investigate(async () => investigation(anOutcome()))(aSubtask(), never, []);

    expect(told.outcome).toEqual({ ...outcome, costUsd: 0 });
  });

  it("is refused while the run has not ended", async () => {
    const store = await recorded();
    store.entries.pop();

    expect(() => replay(store)).toThrow("the transcript stops before the run had ended: finish the run with `resume");
    expect(() => replayRun(runMemory(HEADER, [HEADER]), PLAN)).toThrow("before s1 had ended");
  });
});
