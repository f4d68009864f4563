import { describe, expect, it } from "vitest";

import { ExternalError } from "../../../src/domain/errors.ts";
import { formatLedger, parseLedger } from "../../../src/domain/ledger.ts";
import type { ConcludedAudit } from "../../../src/flow/conclude-audit.ts";
import { apiError } from "../../../src/standin/claude/faults.ts";
import { textTurn } from "../../../src/standin/claude/turns.ts";
import { type NightStage, openNights, smellTurn } from "./night.ts";

/** Each is too large to share a reader with another. */
const big = (name: string, line = "SMELL"): string => `${line}\n${`// ${name}\n`.repeat(6_000)}`;
const FILES = { "a/one.ts": big("one"), "b/two.ts": big("two"), "c/three.ts": big("three") };

function answerEach(stage: NightStage): void {
  for (const path of Object.keys(FILES)) stage.claude.when({ contains: path }, [smellTurn(path)]);
}

function found({ report }: ConcludedAudit): string[] {
  return report.findings.map(({ title }) => title).toSorted();
}

function states({ report }: ConcludedAudit): string[] {
  return report.audit.files.map(({ path, state }) => `${path} ${state}`);
}

const ALL = ["It smells in a/one.ts", "It smells in b/two.ts", "It smells in c/three.ts"];

const FOUR_AND_THREE = ["It smells in c/three.ts", "It smells in d/four.ts"];

class Killed extends Error {}

/** A night that has handed in its batch and has no time to wait for it. */
async function stopAtFirstWait(stage: NightStage): Promise<ConcludedAudit> {
  const stop = new AbortController();
  const at = (step: string): void => {
    if (step === "after find") stop.abort(new Error("the time limit of the run"));
  };
  return stage.night({ files: FILES, at, stop: stop.signal });
}

function overload(): ExternalError {
  return new ExternalError("Claude", "overloaded", { retryable: true });
}

describe("an audit in batches", () => {
  it("asks once for each subtask, at half price, and remembers the answers as any other", async () => {
    await using stage = await openNights({ batches: { pollsUntilEnd: 3 } });
    answerEach(stage);

    const first = await stage.night({ files: FILES });
    const second = await stage.night({ files: FILES });

    expect(found(first)).toEqual(ALL);
    expect(first.report.conclusion).toBe("success");
    expect(stage.waits).toEqual([15_000, 22_500, 33_750]);
    const { inputTokens, outputTokens } = first.report.usage;
    // Claude Sonnet 5.5 costs $2 and $10 a million tokens; in a batch half of that.
    expect(first.report.costUsd).toBeCloseTo((inputTokens * 1 + outputTokens * 5) / 1e6, 9);
    expect(second.report.costUsd).toBe(0);
    expect(found(second)).toEqual(ALL);
    expect(states(second).every((state) => state.endsWith("reused"))).toBe(true);
    expect(stage.handedIn()).toBe(1);
    expect(stage.ledger.ledger.batches).toEqual([]);
    expect([...stage.violations, ...stage.claude.violations, ...stage.claude.unexpected]).toEqual([]);
  });

  it("gives each request everything it needs: the recipe, the files, one tool, no cache, no stream", async () => {
    await using stage = await openNights();
    answerEach(stage);

    await stage.night({ files: FILES });

    const created = stage.claude.journal.entries.find(({ method }) => method === "POST");
    expect(created?.body).toMatchObject({
      requests: Object.values(FILES).map(() => ({
        custom_id: expect.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/),
        params: { model: "claude-sonnet-5-5", tools: [{ name: "report_findings" }] },
      })),
    });
    expect(created?.rawBody.toString()).not.toMatch(/"cache_control"|"stream"/);
  });

  it("loses nothing and pays nothing twice, wherever the run is killed", async () => {
    const steps: string[] = [];
    {
      await using stage = await openNights();
      answerEach(stage);
      await stage.night({ files: FILES, at: (step) => void steps.push(step) });
    }
    expect(steps).toContain("after submit");
    for (const [deadly, name] of steps.entries()) {
      await using stage = await openNights();
      answerEach(stage);
      let step = 0;
      const at = (): void => {
        if (step++ === deadly) throw new Killed(name);
      };

      await expect(stage.night({ files: FILES, at })).rejects.toThrow(Killed);
      // As a file would hold it.
      stage.ledger.ledger = parseLedger(formatLedger(stage.ledger.ledger), "ledger.jsonl");
      const second = await stage.night({ files: FILES });

      expect.soft(found(second), `killed ${name} (${deadly})`).toEqual(ALL);
      expect.soft(stage.handedIn(), `killed ${name} (${deadly})`).toBe(1);
      expect.soft(stage.ledger.ledger.batches, `killed ${name} (${deadly})`).toEqual([]);
    }
  });

  it("are taken up by a night with the switch off, which asks at once for what is in none", async () => {
    await using stage = await openNights({ batches: { pollsUntilEnd: 1 } });
    answerEach(stage);
    await stopAtFirstWait(stage);
    stage.claude.when({ contains: "d/four.ts" }, [smellTurn("d/four.ts")]);
    const files = { ...FILES, "d/four.ts": big("four") };

    const second = await stage.night({ files, batch: false });
    const third = await stage.night({ files, batch: false });

    expect(found(second)).toEqual(["It smells in a/one.ts", "It smells in b/two.ts", ...FOUR_AND_THREE]);
    expect(states(second).every((state) => state.endsWith("read"))).toBe(true);
    expect(stage.ledger.ledger.batches).toEqual([]);
    expect(stage.handedIn()).toBe(1);
    expect(stage.claude.journal.entries.filter(({ path }) => path === "/v1/messages")).toHaveLength(1);
    expect(found(third)).toEqual(found(second));
    expect(states(third).every((state) => state.endsWith("reused"))).toBe(true);
    expect(third.report.costUsd).toBe(0);
  });

  it("are not waited for by a night with the switch off, and not asked for again", async () => {
    await using stage = await openNights({ batches: { pollsUntilEnd: 2 } });
    answerEach(stage);
    await stopAtFirstWait(stage);

    const second = await stage.night({ files: FILES, batch: false });
    const third = await stage.night({ files: FILES, batch: false });

    expect(states(second).every((state) => state.endsWith("postponed"))).toBe(true);
    expect(second.report.costUsd).toBe(0);
    expect(found(third)).toEqual(ALL);
    expect(stage.waits).toEqual([]);
    expect(stage.ledger.ledger.batches).toEqual([]);
    expect(stage.claude.journal.entries.filter(({ path }) => path === "/v1/messages")).toEqual([]);
  });

  it("leaves a batch that is not answered in time to the next night, and does not ask for its files again", async () => {
    await using stage = await openNights({ batches: { pollsUntilEnd: 4 } });
    stage.claude.script(({ firstUserText }) =>
      smellTurn(Object.keys(FILES).find((path) => firstUserText.includes(path)) ?? ""),
    );
    const first = await stopAtFirstWait(stage);
    const changed = { ...FILES, "b/two.ts": big("two", "changed") };
    const second = await stage.night({ files: changed });

    expect(first.report.conclusion).not.toBe("success");
    expect(states(first)).toEqual(["a/one.ts postponed", "b/two.ts postponed", "c/three.ts postponed"]);
    expect(first.report.audit.files[0]?.reason).toMatch(/msgbatch_\w+ is still being answered: the next run/);
    // The second night takes up what is as it was, and asks anew for what has changed.
    expect(stage.handedIn()).toBe(2);
    const bodies = stage.claude.journal.entries.filter(({ method }) => method === "POST");
    expect(bodies[1]?.rawBody.toString()).not.toContain("one.ts");
    expect(found(second)).toEqual(ALL);
    expect(states(second)).toEqual(["a/one.ts read", "b/two.ts read", "c/three.ts read"]);
    // Four answers were paid for, the one that nobody can use any more included.
    const paid = second.report.subtasks.map(({ paths, costUsd }) => [paths.join(), costUsd > 0]);
    expect(paid.toSorted()).toEqual([
      ["", true],
      ["a/one.ts", true],
      ["b/two.ts", true],
      ["c/three.ts", true],
    ]);
  });

  it("accounts for requests that expired or failed, and reads those files the next night", async () => {
    const expired = (_: string, params: unknown): boolean => isFirstNight && JSON.stringify(params).includes("two.ts");
    let isFirstNight = true;
    await using stage = await openNights({ batches: { expired } });
    stage.claude.when({ contains: "a/one.ts" }, [smellTurn("a/one.ts")]);
    stage.claude.when({ contains: "b/two.ts" }, [smellTurn("b/two.ts")]);
    stage.claude.when({ contains: "c/three.ts" }, [apiError("invalid_request_error", "No"), smellTurn("c/three.ts")]);

    const first = await stage.night({ files: FILES });
    isFirstNight = false;
    const second = await stage.night({ files: FILES });

    expect(first.report.conclusion).toBe("partial");
    expect(states(first)).toEqual(["a/one.ts read", "b/two.ts failed", "c/three.ts failed"]);
    expect(first.report.audit.files.map(({ reason }) => reason)).toEqual([
      undefined,
      expect.stringContaining("the batch expired before Claude came to this request"),
      expect.stringContaining("invalid_request_error: No"),
    ]);
    expect(first.report.subtasks.map(({ status }) => status).toSorted()).toEqual(["done", "failed", "failed"]);
    expect(found(second)).toEqual(ALL);
    expect(states(second)).toEqual(["a/one.ts reused", "b/two.ts read", "c/three.ts read"]);
  });

  it("does not call a file read whose reader answered without a report", async () => {
    await using stage = await openNights();
    stage.claude.script(() => textTurn("All is well."));

    const { report } = await stage.night({ files: { "a/one.ts": FILES["a/one.ts"] } });

    expect(report.conclusion).not.toBe("success");
    expect(report.audit.files[0]).toMatchObject({ state: "failed" });
  });

  it("hands in no more than the budget can pay for at the worst, and the rest when money has come back", async () => {
    await using stage = await openNights();
    answerEach(stage);
    const worst = await worstOfOne();

    const { report } = await stage.night({ files: FILES, budgetUsd: 1.5 * worst });
    expect(stage.handedIn()).toBe(3);
    expect(report.costUsd).toBeLessThan(1.5 * worst);
    expect(report.conclusion).toBe("success");

    await using poor = await openNights();
    const nothing = await poor.night({ files: FILES, budgetUsd: 0.5 * worst });
    expect(poor.handedIn()).toBe(0);
    expect(nothing.report.audit.files.every(({ state }) => state === "failed")).toBe(true);
  });

  it("keeps the budget free of what an earlier batch may still cost", async () => {
    await using stage = await openNights({ batches: { pollsUntilEnd: 100 } });
    const stop = new AbortController();
    const at = (step: string): void => {
      if (step === "after find") stop.abort(new Error("time"));
    };
    const worst = await worstOfOne();
    await stage.night({ files: { "a/one.ts": FILES["a/one.ts"] }, at, stop: stop.signal });
    const again = new AbortController();

    await stage.night({
      files: FILES,
      budgetUsd: 1.5 * worst,
      at: (step) => {
        if (step === "after find") again.abort(new Error("time"));
      },
      stop: again.signal,
    });

    expect(stage.handedIn()).toBe(1);
  });

  it("ends with one clear error when the key is refused, and leaves no trace of the batch", async () => {
    await using stage = await openNights({ apiKeys: ["another"] });

    await expect(stage.night({ files: FILES })).rejects.toThrow(/refused the credentials: check anthropic-api-key/);
    expect(stage.ledger.ledger.batches).toEqual([]);
  });

  it("hands in once although the answer to it got lost", async () => {
    await using stage = await openNights();
    answerEach(stage);
    let lost = false;
    const at = (step: string): void => {
      if (step !== "after submit" || lost) return;
      lost = true;
      throw overload();
    };

    const { report } = await stage.night({ files: FILES, at });

    expect(stage.handedIn()).toBe(1);
    expect(report.conclusion).toBe("success");
    expect(lost).toBe(true);
  });

  it("waits on when the server is overloaded between two questions", async () => {
    await using stage = await openNights({ batches: { pollsUntilEnd: 2 } });
    answerEach(stage);
    let failures = 0;
    const at = (step: string): void => {
      if (step === "after find" && failures < 3) {
        failures += 1;
        throw overload();
      }
    };

    const { report } = await stage.night({ files: FILES, at });

    expect(report.conclusion).toBe("success");
    expect(failures).toBe(3);
  });
});

/** What one of the subtasks can cost at the most. */
async function worstOfOne(): Promise<number> {
  await using stage = await openNights({ batches: { pollsUntilEnd: 100 } });
  const stop = new AbortController();
  const at = (step: string): void => {
    if (step === "after find") stop.abort(new Error("time"));
  };
  await stage.night({ files: { "a/one.ts": FILES["a/one.ts"] }, at, stop: stop.signal });
  const worst = stage.ledger.ledger.batches[0]?.worstUsd;
  if (worst === undefined) throw new Error("nothing was handed in");
  return worst;
}
