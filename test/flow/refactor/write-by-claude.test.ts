import { describe, expect, it } from "vitest";

import { RecipeFields } from "../../../src/domain/recipe.ts";
import { prepareFixes } from "../../../src/flow/refactor/prepare-fixes.ts";
import { prepareRefactor } from "../../../src/flow/refactor/prepare-refactor.ts";
import { runRefactor } from "../../../src/flow/refactor/run-refactor.ts";
import { writeByClaude } from "../../../src/flow/refactor/write-by-claude.ts";
import type { Model, ToolCall, Turn, TurnRequest } from "../../../src/ports/model.ts";
import { purseOf } from "../../../src/subagent/purse.ts";
import { aFinding } from "../../support/builders.ts";
import { fakeChecker } from "../../support/fake-checker.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";
import { callsTurn } from "../../support/scripted-model.ts";

const never = new AbortController().signal;
const recipe = { ...RecipeFields.parse({ goal: "Give two" }), name: "refactor", instructions: "Keep callers working." };
const clock = { now: () => 0, sleep: async () => Promise.resolve() };
const journal = { write: () => undefined };

type Call = Omit<ToolCall, "id">;
const end: Call = { name: "report_findings", input: { findings: [], final: true } };

function report(path: string, over: object = {}): Call {
  const change = { path, what: "gives two", why: "the goal", behaviour: "changed", risk: "", ...over };
  return { name: "report_changes", input: { changes: [change], declined: [] } };
}

function edit(path: string, from: string, to: string): Call {
  return { name: "Edit", input: { file_path: path, old_string: from, new_string: to } };
}

/** Answers each writer by the name of its task and the number of its turn, in whatever order they ask. */
function modelFor(script: Readonly<Record<string, readonly (readonly Call[])[]>>): Model & { requests: TurnRequest[] } {
  const requests: TurnRequest[] = [];
  const turns = new Map<string, number>();
  return {
    requests,
    async turn(request): Promise<Turn> {
      requests.push({ ...request, messages: [...request.messages] });
      const [first] = request.messages;
      const name = /^# Your task: (\S+)/.exec(first?.role === "user" ? first.text : "")?.[1] ?? "";
      const at = turns.get(name) ?? 0;
      turns.set(name, at + 1);
      return Promise.resolve(callsTurn(...(script[name]?.[at] ?? [end])));
    },
  };
}

async function run(files: Record<string, string>, model: Model) {
  const base = memorySnapshot(files);
  const checker = fakeChecker();
  const prepared = await prepareRefactor(base, { recipe, files: ["src/*.ts"] }, never);
  const engine = { model, modelId: "claude-sonnet-5-5", effort: undefined, purse: purseOf(1_000) };
  const write = await writeByClaude(
    { prepared, guidance: base, contextFiles: ["context.ts"], engine, checker, journal, clock },
    never,
  );
  const parts = { engine: "claude", write, asksAgain: true, checker, concurrency: 8, journal, clock } as const;
  return runRefactor(prepared, parts, never, never);
}

describe("writeByClaude", () => {
  it("lands what a writer edited and reported", async () => {
    const model = modelFor({ "src/a.ts": [[edit("src/a.ts", "gives 1", "gives 2")], [report("src/a.ts"), end]] });

    const result = await run({ "src/a.ts": "gives 1\n" }, model);

    expect(result.edits).toMatchObject([{ path: "src/a.ts", text: "gives 2\n" }]);
    expect(result.changed).toMatchObject([{ what: "gives two", behaviour: "changed" }]);
    expect(result).toMatchObject({ conclusion: "success", leftOut: [] });
  });

  it("tells a writer the goal, its file, what everybody needs, its imports' declarations, its importers and the settings", async () => {
    const model = modelFor({});
    const files = {
      "context.ts": "the base class\n",
      "package.json": '{"scripts":{}}\n',
      "AGENTS.md": "Write tests.\n",
      "src/a.ts": "export function one(): void;\nconst inside = 1;\n",
      "src/b.ts": 'import "./a.ts";\n',
    };

    await run(files, model);

    const asked = model.requests.find(({ messages }) => JSON.stringify(messages).includes("Your task: src/b.ts"));
    const [task] = asked?.messages ?? [];
    const text = task?.role === "user" ? task.text : "";
    expect(asked?.prefix).toMatch(/Give two[^]*Keep callers working\.[^]*the base class[^]*scripts[^]*Write tests\./);
    expect(text).toMatch(/You may write: "src\/b.ts"[^]*import ".\/a.ts";[^]*export function one\(\): void;/);
    expect(text).not.toContain("inside");
    expect(new Set(model.requests.map(({ prefix }) => prefix)).size).toBe(1);
    expect(asked?.tools.map(({ name }) => name)).toEqual([
      "Read",
      "Glob",
      "Grep",
      "Edit",
      "Write",
      "check",
      "report_changes",
      "report_findings",
    ]);
  });

  it("denies edits outside the write scope and to protected files", async () => {
    const model = modelFor({
      "src/a.ts": [
        [
          edit("src/b.ts", "gives 1", "gives 9"),
          { name: "Write", input: { file_path: ".github/workflows/x.yml", content: "on: push\n" } },
          { name: "Write", input: { file_path: "../out.ts", content: "x\n" } },
          edit("src/a.ts", "gives 1", "gives 2"),
        ],
        [report("src/a.ts"), end],
      ],
    });

    const result = await run({ "src/a.ts": "gives 1\n", "src/b.ts": "gives 1\n" }, model);

    const answers = model.requests.flatMap(({ messages }) =>
      messages.flatMap((message) => (message.role === "tool" ? message.results : [])),
    );
    expect(answers.slice(0, 4).map(({ isError }) => isError)).toEqual([true, true, true, false]);
    expect(result.edits.map(({ path }) => path)).toEqual(["src/a.ts"]);
  });

  it("drops what a writer edited that did not come to an end", async () => {
    const stop: Turn = { ...callsTurn(), stop: "refusal", refusal: "no", calls: [] };
    const inner = modelFor({ "src/a.ts": [[edit("src/a.ts", "gives 1", "gives")]] });
    let turns = 0;
    const model: Model = { turn: async (request, signal) => ((turns += 1) === 1 ? inner.turn(request, signal) : stop) };

    const result = await run({ "src/a.ts": "gives 1\n" }, model);

    expect(result).toMatchObject({
      edits: [],
      conclusion: "failure",
      leftOut: [{ path: "src/a.ts", status: "failed", reason: "The model declined: no" }],
    });
  });

  it("keeps a writer's own reason for leaving a file as it is", async () => {
    const declined = { changes: [], declined: [{ path: "src/a.ts", reason: "It extends another class." }] };
    const model = modelFor({ "src/a.ts": [[{ name: "report_changes", input: declined }, end]] });

    const result = await run({ "src/a.ts": "gives 1\n" }, model);

    expect(result.leftOut).toEqual([{ path: "src/a.ts", status: "skipped", reason: "It extends another class." }]);
  });

  it("gives a writer the findings of its file, and believes it only about what it changed", async () => {
    const fates = [
      { id: "f1", fixed: true, reason: "" },
      { id: "f2", fixed: false, reason: "It is intended." },
    ];
    const told = report("src/a.ts").input;
    const full: Call = { name: "report_changes", input: { ...Object(told), findings: fates } };
    const model = modelFor({
      "src/a.ts": [[edit("src/a.ts", "gives 1", "gives 2"), report("src/a.ts")], [full], [end]],
      "src/b.ts": [
        [{ name: "report_changes", input: { changes: [], declined: [], findings: [{ ...fates[0], id: "f3" }] } }, end],
      ],
    });
    const base = memorySnapshot({ "src/a.ts": "gives 1\n", "src/b.ts": "gives 1\n" });
    const findings = ["f1", "f2", "f3"].map((id) =>
      aFinding({ id, path: id === "f3" ? "src/b.ts" : "src/a.ts", quote: "gives 1", title: `defect ${id}` }),
    );
    const prepared = await prepareFixes(base, { recipe, findings, named: [] }, never);
    const engine = { model, modelId: "claude-sonnet-5-5", effort: undefined, purse: purseOf(1_000) };
    const place = { prepared, guidance: base, contextFiles: [], engine, checker: undefined, journal, clock };
    const write = await writeByClaude(place, never);
    const parts = {
      engine: "claude",
      write,
      asksAgain: true,
      checker: undefined,
      concurrency: 8,
      journal,
      clock,
    } as const;

    const result = await runRefactor(prepared, parts, never, never);

    const [first, second] = model.requests.filter((request) => JSON.stringify(request).includes("Your task: src/a.ts"));
    const [task] = first?.messages ?? [];
    expect(task?.role === "user" ? task.text : "").toMatch(/defect f1[^]*defect f2/);
    expect(task?.role === "user" ? task.text : "").not.toContain("defect f3");
    expect(JSON.stringify(second?.messages)).toContain("Say of f1, f2 under findings");
    expect(result.fixes.map(({ finding, fixed, reason }) => [finding.id, fixed, reason])).toEqual([
      ["f1", true, ""],
      ["f2", false, "It is intended."],
      ["f3", false, "Its writer changed nothing."],
    ]);
  });

  it("asks again with what the check printed, on the text the writer left", async () => {
    const model = modelFor({
      "src/a.ts": [
        [edit("src/a.ts", "gives 1", "broken"), report("src/a.ts"), end],
        [edit("src/a.ts", "broken", "gives 2"), report("src/a.ts"), end],
      ],
    });

    const result = await run({ "src/a.ts": "gives 1\n" }, model);

    const [again] = model.requests.at(-1)?.messages ?? [];
    expect(again?.role === "user" ? again.text : "").toContain("src/a.ts(1,1): error TS1005: broken.");
    expect(result.edits).toMatchObject([{ path: "src/a.ts", text: "gives 2\n" }]);
  });
});
