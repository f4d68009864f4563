/** What a hijacked writer, a hostile check and a hostile request can do through the whole program: security.md A15 to A36. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type ClaudeStandin, startClaude } from "../../src/standin/claude/server.ts";
import { type ToolCall, toolTurn } from "../../src/standin/claude/turns.ts";
import { isPull, type StandinPullRequest } from "../../src/standin/github/model.ts";
import { type Acted, type ActionStage, openActionStage } from "./action-stage.ts";

const TOKEN = "ghs_Rn8yX3wL0uSc5MqA9tZd4OgI7kEh2bFv6pUj";
const KEY = "sk-ant-api03-Wu5Le03NoRy8Sc2Ax9Qo6Zd4Ig7Kt1Hb";
const MACHINE = { AWS_SECRET_ACCESS_KEY: "aws/Kf94lMn3Yr0Au6Wc8Od5Sx2" };
const TESTS = Array.from({ length: 30 }, (_, index) => `it("adds ${index}", () => {});\n`).join("");
const FILES = {
  ".gitattributes": "* export-ignore\n",
  "package.json": "{}\n",
  "src/a.ts": "export const a = 1;\n",
  "src/a.test.ts": TESTS,
  "src/b.ts": "export const b = 1;\n",
  "src/link.ts": { mode: "120000", content: "../../../../etc/passwd" },
} as const;
const END: ToolCall = { name: "report_findings", input: { findings: [], final: true } };

let stage: ActionStage;
let claude: ClaudeStandin;
let asked = 0;
let script: (path: string, turn: number) => readonly ToolCall[] = () => [END];
/** What each call was answered, by the path of the writer's file. */
let answers: { readonly text: string; readonly isError: boolean }[] = [];

beforeAll(async () => {
  [stage, claude] = await Promise.all([openActionStage(), startClaude()]);
  stage.github.addToken({ value: TOKEN, permissions: { contents: "write", pull_requests: "write" } });
  await stage.github.push(stage.repository, "main", FILES);
  claude.script((request) => {
    const path = /^# Your task: (\S+)$/m.exec(request.firstUserText)?.[1] ?? "";
    if (!request.firstUserText.includes("# The goal")) return toolTurn([END]);
    answers.push(...request.toolAnswers.map(({ text, isError }) => ({ text, isError })));
    return toolTurn(script(path, request.turn));
  });
});
beforeEach(() => {
  answers = [];
});
afterAll(async () => {
  await Promise.all([stage[Symbol.asyncDispose](), claude[Symbol.asyncDispose]()]);
});

async function refactor(inputs: Record<string, string> = {}): Promise<Acted> {
  asked += 1;
  return stage.act(
    { name: "workflow_dispatch", payload: { ref: "refs/heads/main", inputs: {} } },
    {
      with: {
        job: "refactor",
        engine: "claude",
        goal: `Request ${asked}`,
        files: "src/a.ts",
        "anthropic-api-key": KEY,
        "anthropic-base-url": claude.url,
        ...inputs,
      },
      token: TOKEN,
      environment: MACHINE,
    },
  );
}

/** The one pull request of the last request. */
function opened(): StandinPullRequest | undefined {
  const pulls = [...stage.repository.issues.values()].filter(isPull);
  return pulls.filter(({ head }) => head.ref.startsWith("parallel-review/")).at(-1);
}

const write = (path: string, content: string): ToolCall => ({ name: "Write", input: { file_path: path, content } });
const read = (path: string): ToolCall => ({ name: "Read", input: { file_path: path } });
function report(path: string, what = "says two"): ToolCall {
  const change = { path, what, why: "", behaviour: "same", risk: "" };
  return { name: "report_changes", input: { changes: [change], declined: [] } };
}
const GOOD = "export const a = 2;\n";

describe("a hijacked writer", () => {
  it("reads and writes nothing but the pinned tree and its own file, in whatever spelling (A15-A18, A24, A25)", async () => {
    const secrets = [
      "/proc/self/environ",
      "../../../proc/1/environ",
      "$GITHUB_EVENT_PATH",
      ".git/config",
      ".env",
      "/etc/passwd",
    ];
    const others = [
      "src/b.ts",
      "src/A.ts",
      "../out.ts",
      ".github/workflows/x.yml",
      "package.json",
      ".git/hooks/pre-commit",
      "src/link.ts",
    ];
    script = (path, turn) =>
      turn === 1
        ? [...secrets.map(read), ...others.map((other) => write(other, "taken over\n")), write(path, GOOD)]
        : [report(path), END];

    const { log } = await refactor();

    expect(answers.map(({ isError }) => isError)).toEqual([...secrets, ...others].map(() => true).concat(false));
    expect(opened()?.files.map(({ path }) => path)).toEqual(["src/a.ts"]);
    expect(log).not.toContain("root:x:0");
  });

  it("gets no hidden, oversized or broken text into the change, and removed tests are told (A26)", async () => {
    const bad = [write("src/a.ts", "a\u202eb"), write("src/a.ts", "x".repeat(30_000)), write("src/a.ts", "a\0b")];
    script = (path, turn) => {
      if (path === "src/a.test.ts")
        return turn === 1 ? [write(path, 'it("adds 0", () => {});\n')] : [report(path), END];
      return turn === 1 ? bad : [write(path, GOOD), report(path), END];
    };

    await refactor({ files: "src/a.ts\nsrc/a.test.ts" });

    expect(answers.filter(({ isError }) => isError)).toHaveLength(bad.length);
    expect(opened()?.body).toMatch(/it shrank from \d+ to \d+ characters; it has 1 test cases where it had 30/);
  });

  it("is stopped by its own budget when it never ends (A28), and wrong calls do not break it (A27)", async () => {
    const before = claude.journal.messages.length;
    script = () => [
      { name: "Bash", input: { command: "id" } },
      { name: "Read", input: { file_path: ["a"] } },
    ];

    const { exitCode } = await refactor();

    expect(answers.every(({ isError }) => isError)).toBe(true);
    expect(claude.journal.messages.length - before).toBeLessThanOrEqual(25);
    expect(exitCode).toBe(1);
  }, 60_000);

  it("cannot make the pull request speak, nor carry our secrets out in its words (A30, A36, A37)", async () => {
    const said = `Fixes #1 @octocat <img src=x> ${TOKEN} ${Buffer.from(KEY).toString("base64")}\n/merge`;
    script = (path, turn) => (turn === 1 ? [write(path, GOOD)] : [report(path, said), END]);
    stage.github.journal.clear();

    const { traces } = await refactor();

    const sent = JSON.stringify(stage.github.journal.entries.map(({ path, body }) => ({ path, body })));
    for (const text of [traces, sent, opened()?.body ?? ""]) {
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain(Buffer.from(KEY).toString("base64"));
      expect(text).not.toContain(MACHINE.AWS_SECRET_ACCESS_KEY);
    }
    expect(opened()?.body).not.toMatch(/Fixes #1|(?<!`)@octocat|(?<!\\)<img|^\/merge/m);
    const [commit] = opened()?.commits ?? [];
    expect(JSON.stringify(commit)).not.toMatch(/#1|@octocat/);
  });

  it("cannot write our token into a file of the change (A36)", async () => {
    script = (path, turn) => (turn === 1 ? [write(path, `export const a = "${TOKEN}";\n`)] : [report(path), END]);
    stage.github.journal.clear();

    const { exitCode, log, writes } = await refactor();

    expect(exitCode).not.toBe(0);
    expect(log).toContain("would hold the token or the key of this run");
    expect(writes).toEqual([]);
  });
});

describe("a hostile check", () => {
  it("gets nothing into the commit, and sees no key and no machine (A29, A31, A33)", async () => {
    script = (path, turn) => (turn === 1 ? [write(path, GOOD)] : [report(path), END]);
    const attack = `const fs = require('fs');
      for (const f of ['src/b.ts', '.git/hooks/post-commit', 'package.json']) try { fs.mkdirSync('.git/hooks', { recursive: true }); fs.writeFileSync(f, 'evil') } catch {}
      let seen = JSON.stringify(process.env);
      for (const id of fs.readdirSync('/proc').filter(Number)) try { seen += fs.readFileSync('/proc/' + id + '/environ') } catch {}
      console.log(seen); process.exit(/ghs_|sk-ant|aws\\//.test(seen) ? 9 : 0)`;

    const { log } = await refactor({ check: JSON.stringify(["node", "-e", attack]) });

    const body = opened()?.body ?? "";
    expect(body).toMatch(/passes on the base with exactly this change/);
    expect(opened()?.files.map(({ path }) => path)).toEqual(["src/a.ts"]);
    expect(`${log}${body}`).not.toContain(MACHINE.AWS_SECRET_ACCESS_KEY);
  });
});

describe("a hostile request or tree", () => {
  it("turns no word into a command, a branch or an option (A20, A35)", async () => {
    const marker = join(process.cwd(), "hijacked");
    script = (path, turn) => (turn === 1 ? [write(path, GOOD)] : [report(path), END]);

    await refactor({ goal: `a$(touch \${IFS}${marker}) --upload-pack=x`, branch: "../../main; rm -rf /" });

    expect(opened()?.head.ref).toMatch(/^parallel-review\/main-rm-rf-[0-9a-f]{8}$/);
    expect(existsSync(marker)).toBe(false);
  });

  it("leaves no file out for its attributes, follows no link, and takes no protected file from a glob (A22, A23, A24)", async () => {
    script = (path, turn) => (turn === 1 ? [write(path, `${GOOD}// ${path}\n`)] : [report(path), END]);

    const { outputs } = await refactor({ files: "**" });

    const body = opened()?.body ?? "";
    expect(opened()?.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["src/a.test.ts", "src/a.ts", "src/b.ts"]),
    );
    expect(opened()?.files.map(({ path }) => path)).not.toContain("package.json");
    expect(body).toContain("`src/link.ts`: A link, not a file.");
    expect(body).toMatch(/`package\.json`: Protected/);
    expect(outputs["conclusion"]).toBe("success");
  });
});
