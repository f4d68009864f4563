import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ClaudeStandin, startClaude } from "../../src/standin/claude/server.ts";
import { toolTurn, type Turn } from "../../src/standin/claude/turns.ts";
import type { StandinEvent } from "../../src/standin/github/events.ts";
import {
  type ActionStage,
  type Acted,
  botComments,
  FLAWED,
  openActionStage,
  reportIn,
  reviewsOf,
} from "./action-stage.ts";

let stage: ActionStage;
let claude: ClaudeStandin;
const root = mkdtempSync(join(tmpdir(), "action-stop-"));
beforeAll(async () => {
  [stage, claude] = await Promise.all([openActionStage(), startClaude()]);
});
afterAll(async () => {
  await Promise.all([stage[Symbol.asyncDispose](), claude[Symbol.asyncDispose]()]);
  rmSync(root, { recursive: true });
});

/** No stage behind the finders. */
const QUIET = "quality:\n  finders: 1\n  gap-pass: off\n  contract-pass: off\n  verify: off\n";
const padding = Array.from({ length: 120 }, (_, index) => `export const value${index} = ${index};`).join("\n");
const FILES = { "left/formula.ts": `${FLAWED}${padding}\n`, "right/other.ts": `${padding}\n` };
const nothing = (): Turn => toolTurn([{ name: "report_findings", input: { findings: [], final: true } }]);

/** Runs the Action until one of its two subagents has ended and the other waits for ever, and stops it there. */
async function stopHalfway(event: StandinEvent, folder: string): Promise<Acted> {
  const stop = new AbortController();
  claude.script(async (request) => {
    if (request.firstUserText.includes("Your task: left")) return nothing();
    const ended = (): boolean => readFileSync(join(folder, "transcript.jsonl"), "utf8").includes('"kind":"outcome"');
    while (!ended()) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort();
    return new Promise(() => undefined);
  });
  return act(event, folder, { signal: stop.signal });
}

async function act(event: StandinEvent, folder: string, over: Parameters<ActionStage["act"]>[1] = {}): Promise<Acted> {
  const inputs = { engine: "claude", "anthropic-api-key": "sk-ant-test-0123456789abcdef", "output-dir": folder };
  return stage.act(event, { ...over, with: { ...inputs, "anthropic-base-url": claude.url } });
}

describe("a run that is stopped while a model thinks", () => {
  it("ends at once, and publishes what had been found", async () => {
    const { pull } = await stage.open(FILES);

    await stopHalfway(stage.comment("dev", pull), join(root, "published"));

    expect(reviewsOf(pull)).toHaveLength(1);
    expect(pull.reviewComments.map(({ path }) => path)).toEqual(["left/formula.ts", "left/formula.ts"]);
    expect(botComments(pull)).toEqual([expect.stringContaining("The run was stopped: received SIGTERM")]);
  });

  it("discards it where on-stop says so, and a second attempt does only what is missing", async () => {
    await stage.github.push(stage.repository, "main", { ".github/parallel-review.yml": `on-stop: discard\n${QUIET}` });
    const { pull } = await stage.open(FILES);
    const event = stage.comment("dev", pull);
    const folder = join(root, "discarded");

    await stopHalfway(event, folder);

    expect(reviewsOf(pull)).toEqual([]);
    expect(botComments(pull)).toEqual([expect.stringContaining("the 2 findings until then were discarded")]);

    claude.script(nothing);
    const asked = claude.journal.messages.length;
    const again = await act(event, folder, { attempt: 2, environment: { GITHUB_TRIGGERING_ACTOR: "dev" } });

    expect(again.log).toContain(`going on with the run in ${folder}`);
    expect(claude.journal.messages.slice(asked).map(({ request }) => request?.firstUserText)).toEqual([
      expect.stringContaining("Your task: right"),
    ]);
    expect(reviewsOf(pull)).toHaveLength(1);
    const report = reportIn({ "findings.json": readFileSync(join(folder, "findings.json"), "utf8") });
    expect(report).toMatchObject({ conclusion: "success", subtasks: [{ status: "done" }, { status: "done" }] });
  });
});
