import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { apiError } from "../../src/standin/claude/faults.ts";
import { type ClaudeStandin, startClaude } from "../../src/standin/claude/server.ts";
import { refusalTurn, type ToolCall, toolTurn } from "../../src/standin/claude/turns.ts";
import { isPull } from "../../src/standin/github/model.ts";
import { type ActionStage, openActionStage, reportIn } from "./action-stage.ts";

const INSTALLED = join(import.meta.dirname, "../../node_modules");
const CHECK = ["tsc", "--noEmit", "--pretty", "false"];
const TSCONFIG = {
  compilerOptions: { strict: true, types: [], allowImportingTsExtensions: true, noEmit: true, module: "nodenext" },
  include: ["src/l*.ts"],
};

const PROJECT = { "tsconfig.json": JSON.stringify(TSCONFIG), "package.json": '{"type":"module"}\n' };

/** Fifty modules in five layers of ten; each takes two of the layer below. */
const FILES = Object.fromEntries(
  Array.from({ length: 50 }, (_, index): [string, string] => {
    const [layer, place] = [Math.floor(index / 10), index % 10];
    const below = layer === 0 ? [] : [place, (place + 1) % 10].map((at) => `${layer - 1}_${at}`);
    const imports = below.map((name) => `import { v${name} } from "./l${name.replace("_", "-")}.ts";\n`);
    const sum = ["1", ...below.map((name) => `v${name}`)].join(" + ");
    return [`src/l${layer}-${place}.ts`, `${imports.join("")}export const v${layer}_${place} = ${sum};\n`];
  }),
);
/** Writes what does not compile, asked again or not. */
const BROKEN = ["src/l2-7.ts", "src/l4-0.ts"];
/** Writes what does not compile, and mends it when told. */
const MENDED = "src/l3-3.ts";
/** Tries the files of others, a workflow and the outside before its own. */
const REACHING = ["src/l0-5.ts", "src/l4-4.ts"];
const CRASHING = ["src/l1-1.ts", "src/l3-9.ts"];
const REFUSING = "src/l1-5.ts";
const GOOD = Object.keys(FILES)
  .filter((path) => ![...BROKEN, ...CRASHING, REFUSING].includes(path))
  .toSorted();

let stage: ActionStage;
let claude: ClaudeStandin;
let folder: string;
const denied: string[] = [];

beforeAll(async () => {
  [stage, claude] = await Promise.all([openActionStage(), startClaude()]);
  folder = mkdtempSync(join(tmpdir(), "refactor-by-claude-"));
  await stage.github.push(stage.repository, "main", { ...FILES, ...PROJECT });
  claude.script((request) => {
    const path = /^# Your task: (src\/\S+)$/m.exec(request.firstUserText)?.[1] ?? "";
    if (!request.firstUserText.includes("# The goal")) return toolTurn([END]);
    if (CRASHING.includes(path)) return apiError("invalid_request_error", "this writer crashes");
    if (path === REFUSING) return refusalTurn("cyber", "I would rather not.");
    if (request.turn > 1) {
      for (const { isError, text } of request.toolAnswers) if (isError) denied.push(`${path}: ${text}`);
      return toolTurn([reportOf(path), END]);
    }
    const isRedo = request.firstUserText.includes("the check failed with them");
    const breaks = BROKEN.includes(path) || (path === MENDED && !isRedo);
    const reach = REACHING.includes(path) ? ["src/l0-0.ts", ".github/workflows/ci.yml", "../out.ts"] : [];
    const text = `${FILES[path] ?? ""}export const two = ${breaks ? '"2" * {}' : "2"};\n`;
    return toolTurn([
      ...reach.map((other) => ({ name: "Write", input: { file_path: other, content: "taken over\n" } })),
      { name: "Write", input: { file_path: path, content: text } },
    ]);
  });
});
afterAll(async () => {
  await Promise.all([stage[Symbol.asyncDispose](), claude[Symbol.asyncDispose]()]);
  rmSync(folder, { recursive: true });
});

const END: ToolCall = { name: "report_findings", input: { findings: [], final: true } };

function reportOf(path: string): ToolCall {
  const change = { path, what: `says two in ${path}`, why: "the goal", behaviour: "same", risk: "" };
  return { name: "report_changes", input: { changes: [change], declined: [] } };
}

describe("a refactor of fifty files by claude, from a dispatch to the pull request", () => {
  it("holds exactly the good files, compiles, and lists the rest", async () => {
    const event = { name: "workflow_dispatch" as const, payload: { ref: "refs/heads/main", inputs: {} } };

    const acted = await stage.act(event, {
      with: {
        job: "refactor",
        engine: "claude",
        goal: "Every module says two",
        files: "src/l*.ts",
        check: JSON.stringify(CHECK),
        "anthropic-api-key": "sk-ant-test-0123456789abcdef",
        "anthropic-base-url": claude.url,
      },
      token: { contents: "write", pull_requests: "write" },
      dependencies: INSTALLED,
    });

    expect(acted.log).not.toContain("::error");
    const pulls = [...stage.repository.issues.values()].filter(isPull);
    const [pull] = pulls.filter(({ head }) => head.ref.startsWith("parallel-review/"));
    expect(pulls).toHaveLength(1);
    expect(pull?.files.map(({ path }) => path).toSorted()).toEqual(GOOD);
    expect(pull).toMatchObject({ draft: true, title: "Every module says two" });
    const body = pull?.body ?? "";
    expect(body).toContain("45 files changed (+45 −0), 5 left out.");
    for (const path of BROKEN)
      expect(body).toMatch(new RegExp(`\`${path}\`: It was changed, but with that the check fails`));
    for (const path of CRASHING)
      expect(body).toMatch(new RegExp(`\`${path}\`: Its writer failed: .*this writer crashes`));
    expect(body).toMatch(/`src\/l1-5\.ts`: The model declined/);
    expect(body).toMatch(/passes on the base with exactly this change \(.*sandbox/);
    expect(body).toContain("50 writers in 5 waves");
    expect(denied.filter((text) => text.includes("may not write this file")).length).toBe(2 * REACHING.length);
    expect(denied.length).toBe(3 * REACHING.length);
    const report = reportIn(acted.files);
    expect(report.coverage.map(({ path }) => path)).toEqual(Object.keys(FILES).toSorted());
    expect(report).toMatchObject({ job: "refactor", conclusion: "partial" });
    expect(report.subtasks.map(({ id }) => id)).toContain("s34-again");

    const tip = pull?.head.sha ?? "";
    for (const path of [...Object.keys(FILES), ...Object.keys(PROJECT)]) {
      const content = await stage.github.readFile(stage.repository, tip, path);
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content ?? "");
    }
    symlinkSync(INSTALLED, join(folder, "node_modules"));
    execFileSync(join(INSTALLED, ".bin/tsc"), CHECK.slice(1), { cwd: folder });
    expect(await stage.github.readFile(stage.repository, tip, "src/l0-0.ts")).toEqual(
      Buffer.from("export const v0_0 = 1;\nexport const two = 2;\n"),
    );
  }, 180_000);
});
