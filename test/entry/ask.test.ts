import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readTranscript } from "../../src/adapters/journal/transcript.ts";
import { type ClaudeStandin, startClaude } from "../../src/standin/claude/server.ts";
import { textTurn, toolTurn } from "../../src/standin/claude/turns.ts";
import { gitFixture, type GitFixture } from "../support/git-fixture.ts";
import { type ActionStage, botComments, openActionStage, reactionsOn } from "./action-stage.ts";

const KEY = "sk-ant-test-0123456789abcdef";
const CLI = join(import.meta.dirname, "../../src/entry/cli.ts");
let claude: ClaudeStandin;
let stage: ActionStage;
let git: GitFixture;
beforeAll(async () => {
  [claude, stage] = await Promise.all([startClaude(), openActionStage()]);
  git = gitFixture();
  git.commit({ "src/cart.ts": "export const total = 1;\nexport const tax = 2;\n" });
  claude.script((request) => {
    if (!request.firstUserText.includes("# The question")) return textTurn("tax is 2");
    if (request.turn === 1) {
      return toolTurn([{ name: "Task", input: { description: "find tax", prompt: "What is the tax?" } }]);
    }
    const said = /tax is \d/.exec(request.toolAnswers[0]?.text ?? "")?.[0] ?? "nothing";
    const places = [{ path: "src/cart.ts", quote: "export const tax = 2;", line_hint: 0, note: "the constant" }];
    return toolTurn([{ name: "give_answer", input: { markdown: `They say: ${said}.`, places } }]);
  });
});
afterAll(async () => {
  git[Symbol.dispose]();
  await Promise.all([stage[Symbol.asyncDispose](), claude[Symbol.asyncDispose]()]);
});

async function cli(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once("close", resolve);
  const [code, out, err] = await Promise.all([promise, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

describe("ask", () => {
  it("answers on the command line, with places, from subagents", async () => {
    const { code, out, err } = await cli(
      { ANTHROPIC_API_KEY: KEY },
      "ask",
      "What is the tax?",
      "--repo",
      git.directory,
      "--base-url",
      claude.url,
    );

    expect(code).toBe(0);
    expect(out).toContain("They say: tax is 2.");
    expect(out).toContain("- `src/cart.ts:2` the constant");
    expect(err).toContain("task-1 started: find tax");
  });

  it("keeps what was asked and answered, without the key, where --output-dir says", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ask-"));
    const options = ["--repo", git.directory, "--base-url", claude.url, "--output-dir", folder, "--quiet"];

    await cli({ ANTHROPIC_API_KEY: KEY }, "ask", "What is the tax?", ...options);

    const { entries } = readTranscript(join(folder, "ask", "transcript.jsonl"));
    rmSync(folder, { recursive: true });
    const askers = entries.flatMap((entry) => (entry.kind === "turn" ? [`${entry.asker} ${entry.turn}`] : []));
    expect(entries[0]).toMatchObject({ kind: "run", request: { engine: "claude", model: "claude-sonnet-5-5" } });
    expect(askers).toEqual(["coordinator 1", "task-1 1", "coordinator 2"]);
    expect(entries.at(-1)).toMatchObject({ kind: "end" });
    expect(JSON.stringify(entries)).not.toContain(KEY);
  });

  it("needs a question and a key, and says so", async () => {
    const [noQuestion, noKey] = await Promise.all([cli({}, "ask"), cli({}, "ask", "why?", "--repo", git.directory)]);

    expect(noQuestion).toMatchObject({ code: 2, err: expect.stringContaining('ask takes a "question"') });
    expect(noKey).toMatchObject({ code: 2, err: expect.stringContaining("set ANTHROPIC_API_KEY") });
  });

  it("answers a comment on a pull request by one comment", async () => {
    const { pull } = await stage.open({ "src/cart.ts": "export const tax = 2;\n" });
    const event = stage.comment("dev", pull, '/parallel-review ask "What is the tax?"');
    const inputs = { engine: "claude", "anthropic-api-key": KEY, "anthropic-base-url": claude.url };

    const result = await stage.act(event, { with: inputs });
    await stage.act(event, { with: inputs });

    expect(result.exitCode).toBe(0);
    expect(botComments(pull)).toEqual([expect.stringContaining("They say: tax is 2.")]);
    expect(botComments(pull)[0]).toMatch(
      /\[`src\/cart\.ts:1`\]\(http\S+\/blob\/[0-9a-f]{40}\/src\/cart\.ts#L1\) the constant/,
    );
    expect(result.files["ask/transcript.jsonl"]).toContain('"asker":"task-1"');
    expect(result.traces).not.toContain(KEY);
    expect(reactionsOn(pull, event)).toContain("rocket");
    expect(pull.reviews).toEqual([]);
  });

  it("ends when somebody says stop meanwhile, and says so", async () => {
    const { pull } = await stage.open({ "src/cart.ts": "export const tax = 2;\n" });
    const event = stage.comment("dev", pull, '/parallel-review ask "What is # never answered?"');
    const inputs = { engine: "claude", "anthropic-api-key": KEY, "anthropic-base-url": claude.url };
    const asked = Promise.withResolvers<void>();
    claude.when({ contains: "# never answered" }, [
      () => {
        asked.resolve();
        return new Promise(() => undefined);
      },
    ]);

    const running = stage.act(event, { with: inputs });
    await asked.promise;
    stage.comment("triager", pull, "/parallel-review stop");
    stage.comment("dev", pull, "/parallel-review stop");
    await running;

    expect(botComments(pull)).toEqual([
      expect.stringMatching(/Not a whole answer:\*\* dev asked for it with `?\/parallel-review stop/),
    ]);
    expect(reactionsOn(pull, event)).toEqual(["eyes", "confused"]);
  });
});
