import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ClaudeStandin, startClaude } from "../../src/standin/claude/server.ts";
import { refusalTurn, textTurn, toolTurn } from "../../src/standin/claude/turns.ts";
import { reportedFinding } from "../support/review-stage.ts";
import { type Acted, type ActionStage, botComments, openActionStage, reportIn, reviewsOf } from "./action-stage.ts";

const KEY = "sk-ant-test-0123456789abcdef";
const lines = (name: string): string =>
  Array.from({ length: 120 }, (_, index) => `export const ${name}${index} = ${index};`).join("\n");
const FILES = { "left/a.ts": `${lines("a")}\n`, "right/b.ts": `${lines("b")}\n` };

let stage: ActionStage;
let claude: ClaudeStandin;
let isDown = false;
/** What every subagent was told first, in the order of their requests. */
const asked: string[] = [];

beforeAll(async () => {
  [stage, claude] = await Promise.all([openActionStage(), startClaude()]);
  claude.script((request) => {
    const { firstUserText: text } = request;
    asked.push(text);
    if (text.includes("Explain the claim now")) {
      if (request.turn === 1) return toolTurn([{ name: "Read", input: { file_path: "left/a.ts" } }]);
      return textTurn(
        `I read ${request.toolAnswers[0]?.text.includes("a119") === true ? "the file" : "nothing"}. See [this](http://evil.example), @everyone.`,
      );
    }
    if (JSON.stringify(request.tools).includes("report_verdict")) {
      return toolTurn([{ name: "report_verdict", input: { verdict: "confirmed", evidence: "It is so.", quote: "" } }]);
    }
    const isRight = text.slice(text.indexOf("# Your task")).includes("right/b.ts");
    if (isRight && isDown) return refusalTurn();
    const [path, quote] = isRight ? ["right/b.ts", "export const b5 = 5;"] : ["left/a.ts", "export const a5 = 5;"];
    return toolTurn([{ name: "report_findings", input: { findings: [reportedFinding(path, quote)], final: true } }]);
  });
});

afterAll(async () => {
  expect(stage.gate.violations).toEqual([]);
  await Promise.all([stage[Symbol.asyncDispose](), claude[Symbol.asyncDispose]()]);
});

async function say(pull: { readonly number: number }, body: string, over: Record<string, string> = {}): Promise<Acted> {
  const inputs = { engine: "claude", "anthropic-api-key": KEY, "anthropic-base-url": claude.url, ...over };
  return stage.act(stage.comment("dev", pull, body), { with: inputs });
}

describe("verbs under claude", { timeout: 120_000 }, () => {
  it("retry reads what the last review could not, counts its findings, and goes on numbering behind them", async () => {
    isDown = true;
    const { pull } = await stage.open(FILES);
    const first = await say(pull, "/parallel-review --lens correctness");
    expect(first.outputs["conclusion"]).toBe("partial");
    const status = await say(pull, "/parallel-review status");
    expect(status.exitCode).toBe(0);
    expect(botComments(pull).at(-1)).toContain("1 file not read in full: `/parallel-review retry` reads them");
    isDown = false;
    const before = asked.length;

    const event = stage.comment("dev", pull, "/parallel-review retry --lens correctness");
    const inputs = { engine: "claude", "anthropic-api-key": KEY, "anthropic-base-url": claude.url, "fail-on": "high" };
    const again = await stage.act(event, { with: inputs });
    const redelivered = await stage.act(event, { with: inputs });

    const { findings, coverage } = reportIn(again.files);
    expect(findings.map(({ id, path }) => [id, path])).toEqual([["f2", "right/b.ts"]]);
    expect(coverage.map(({ path, status: read }) => [path, read])).toEqual([
      ["left/a.ts", "skipped"],
      ["right/b.ts", "reviewed"],
    ]);
    // Both findings are high: the one that stands from before counts for the gate.
    expect(again.log).toContain("2 findings reach the fail-on level (high)");
    expect(asked.slice(before).filter((text) => text.includes("# Your task: left/a.ts"))).toEqual([]);
    expect(asked.slice(before).filter((text) => text.includes("# Your task: right/b.ts"))).not.toEqual([]);
    expect(redelivered.log).toContain("This request was answered before");
    expect(reviewsOf(pull)).toHaveLength(2);
    expect(reviewsOf(pull)[1]?.body).toContain("This completes the review before of the same head");

    await say(pull, "/parallel-review explain f1");
    await say(pull, "/parallel-review explain f2");
    expect(botComments(pull).slice(-2)).toEqual([
      expect.stringContaining("left/a.ts:6"),
      expect.stringContaining("right/b.ts:6"),
    ]);
    await say(pull, "/parallel-review retry");
    expect(botComments(pull).at(-1)).toContain("Nothing to retry");
  });

  it("estimate counts that Vertex AI is dearer in a region", async () => {
    const { pull } = await stage.open(FILES);
    const vertex = { provider: "vertex", project: "acme", "anthropic-api-key": "" };
    const environment = { GOOGLE_APPLICATION_CREDENTIALS: "/nobody-asks" };
    const cost = async (region: string): Promise<number> => {
      const event = stage.comment("dev", pull, "/parallel-review estimate");
      await stage.act(event, { with: { engine: "claude", ...vertex, region }, environment });
      return Number(/\$(\d+\.\d+)/.exec(botComments(pull).at(-1) ?? "")?.[1]);
    };

    const [global, regional] = [await cost("global"), await cost("us-east5")];

    expect(regional / global).toBeGreaterThan(1.05);
    expect(regional / global).toBeLessThan(1.15);
  });

  it("resume goes on with a review that ended without a result, as that same review", async () => {
    const { pull } = await stage.open(FILES);
    const cut = stage.comment("dev", pull, "/parallel-review --lens correctness");
    const inputs = { engine: "claude", "anthropic-api-key": KEY, "anthropic-base-url": claude.url };
    stage.github.faults.add({ method: "POST", path: /\/reviews$/, times: 100, when: "before", do: { status: 503 } });
    await stage.act(cut, { with: inputs });
    stage.github.faults.clear();
    expect(reviewsOf(pull)).toHaveLength(0);

    await say(pull, "/parallel-review resume --lens correctness");

    expect(reviewsOf(pull)).toHaveLength(1);
    expect(botComments(pull)).toEqual([
      expect.stringContaining("Review finished"),
      expect.stringContaining("went on with the review of this head that was cut short"),
    ]);
  });

  it("explain has a fresh subagent look, with the claim and the code alone, and posts nothing active", async () => {
    const { pull } = await stage.open(FILES);
    await say(pull, "/parallel-review --lens correctness");

    await say(pull, "/parallel-review explain f1");

    const answer = botComments(pull).at(-1) ?? "";
    expect(answer).toContain("I read the file");
    expect(answer).not.toContain("](http://evil.example)");
    expect(answer).not.toMatch(/(?<![`\w])@everyone/);
    expect(answer).toMatch(/one fresh subagent · \$0\.\d+/);
    const brief = asked.findLast((text) => text.includes("Explain the claim now"));
    expect(brief).toContain("export const a5 = 5;");
    expect(brief).not.toContain("It is so.");
  });
});
