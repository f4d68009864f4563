import { describe, expect, it } from "vitest";

import { editLog } from "../../../src/domain/edit-log.ts";
import { RecipeFields } from "../../../src/domain/recipe.ts";
import { Report } from "../../../src/domain/report.ts";
import type { WriteDraft, WritingTask } from "../../../src/flow/refactor/draft.ts";
import { prepareRefactor } from "../../../src/flow/refactor/prepare-refactor.ts";
import { refactorReport } from "../../../src/flow/refactor/refactor-report.ts";
import { type RefactorParts, runRefactor } from "../../../src/flow/refactor/run-refactor.ts";
import type { Formatter } from "../../../src/ports/formatter.ts";
import { overlay } from "../../../src/subagent/overlay.ts";
import { workingCopy } from "../../../src/subagent/working-copy.ts";
import { anOutcome } from "../../support/builders.ts";
import { fakeChecker } from "../../support/fake-checker.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";

const never = new AbortController().signal;
const recipe = { ...RecipeFields.parse({ goal: "Give two of everything" }), name: "two", instructions: "" };

/** Fifty files in five layers of ten; each imports, and needs, two of the layer below. */
function layers(): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => {
      const [layer, place] = [Math.floor(index / 10), index % 10];
      const below = layer === 0 ? [] : [place, (place + 1) % 10].map((at) => `l${layer - 1}-${at}.ts`);
      const imports = below.map((name) => `import "./${name}"; needs src/${name} 1\n`);
      return [`src/l${layer}-${place}.ts`, `${imports.join("")}gives 1\n`];
    }),
  );
}

function parts(write: WriteDraft, over: Partial<RefactorParts> = {}): RefactorParts {
  return {
    engine: "rules",
    write,
    asksAgain: false,
    checker: fakeChecker(),
    concurrency: 16,
    journal: { write: () => undefined },
    clock: { now: () => 0, sleep: async () => Promise.resolve() },
    ...over,
  };
}

/** A writer that adds a line to its file through a working copy, as every writer does; `also` is tried afterwards. */
function writer(
  base: ReturnType<typeof memorySnapshot>,
  lineFor: (path: string, task: WritingTask) => string | Error,
  also: (path: string) => string | undefined = () => undefined,
): WriteDraft {
  return async (task, signal) => {
    const { subtask } = task;
    const copy = workingCopy(base, { scope: subtask.scope, named: new Set() });
    const problems: string[] = [];
    for (const { path } of subtask.files) {
      const line = lineFor(path, task);
      if (line instanceof Error) throw line;
      const old = await base.read(path, signal);
      await copy.write(path, `${old.kind === "text" ? old.text : ""}${line}\n`, signal);
      const other = also(path);
      const written = other === undefined ? undefined : await copy.write(other, "gives 1 // taken over\n", signal);
      if (written?.ok === false) problems.push(written.problem);
    }
    const summaries = copy.log().map(({ path }) => ({
      path,
      what: "adds a line",
      why: "",
      behaviour: "same" as const,
      risk: problems.join(" "),
    }));
    return { outcome: anOutcome({ subtaskId: subtask.id }), edits: copy.log(), summaries, declined: [] };
  };
}

describe("runRefactor", () => {
  it("lands exactly the good ones of fifty files in waves, some broken, some reaching out, some crashing", async () => {
    const files = layers();
    const base = memorySnapshot(files);
    const broken = new Set(["src/l0-3.ts", "src/l2-7.ts", "src/l4-0.ts"]);
    const crashing = new Set(["src/l1-1.ts", "src/l3-9.ts"]);
    const reaching = new Set(["src/l0-5.ts", "src/l4-4.ts"]);
    const write = writer(
      base,
      (path) => (crashing.has(path) ? new Error("the writer crashed") : broken.has(path) ? "broken" : "// two"),
      (path) => (reaching.has(path) ? "src/l0-0.ts" : undefined),
    );
    const checker = fakeChecker();
    const prepared = await prepareRefactor(base, { recipe, files: ["src/*.ts"] }, never);

    const result = await runRefactor(prepared, parts(write, { checker }), never, never);

    const good = Object.keys(files).filter((path) => !broken.has(path) && !crashing.has(path));
    expect(result.edits.map(({ path }) => path)).toEqual(good.toSorted());
    expect(result.leftOut.map(({ path }) => path).toSorted()).toEqual([...broken, ...crashing].toSorted());
    expect(result.leftOut.find(({ path }) => path === "src/l0-3.ts")?.complaint).toContain("error TS1005");
    expect(result.leftOut.find(({ path }) => path === "src/l1-1.ts")?.reason).toContain("the writer crashed");
    expect(result.changed.find(({ path }) => path === "src/l0-5.ts")?.risk).toContain("may not write this file");
    expect(result.edits.find(({ path }) => path === "src/l0-0.ts")).toMatchObject({ text: "gives 1\n// two\n" });
    expect(await checker.check({ base, edits: result.edits }, never)).toMatchObject({ status: "passed" });
    expect(result).toMatchObject({ conclusion: "partial", verification: { status: "passed" } });
    expect(new Set(prepared.plan.subtasks.map(({ wave }) => wave)).size).toBe(5);

    const report = Report.parse(refactorReport(result, { repository: "acme/shop", base: base.sha }));
    expect(report.coverage.map(({ path }) => path)).toEqual(Object.keys(files).toSorted());
    expect(report.coverage.filter(({ status }) => status === "reviewed").map(({ path }) => path)).toEqual(good);
    expect(report.coverage.every(({ status, reason }) => status === "reviewed" || reason !== undefined)).toBe(true);
    expect(report).toMatchObject({ job: "refactor", conclusion: "partial" });
    expect(report.subtasks.map(({ id }) => id)).toEqual(prepared.plan.subtasks.map(({ id }) => id));
  });

  it("is a failure, not nothing to do, when all that was to be changed broke", async () => {
    const base = memorySnapshot({ "a.ts": "gives 1\n" });
    const prepared = await prepareRefactor(base, { recipe, files: ["*.ts"] }, never);
    const write = writer(base, () => new Error("the writer crashed"));

    const result = await runRefactor(prepared, parts(write), never, never);

    expect(result).toMatchObject({ conclusion: "failure", edits: [] });
  });

  it("shows a writer what those it waited for have made", async () => {
    const base = memorySnapshot({ "a.ts": "gives 1\n", "b.ts": 'import "./a.ts";\n', "c.ts": 'import "./b.ts";\n' });
    const seen: Record<string, string> = {};
    const inner = writer(base, (path) => `// ${path}`);
    const write: WriteDraft = async (task, signal) => {
      const view = overlay(base, task.earlier);
      const texts = await Promise.all((await view.list(signal)).map(async ({ path }) => view.read(path, signal)));
      const text = texts.map((content) => (content.kind === "text" ? content.text : "")).join("");
      seen[task.subtask.description] = [...text.matchAll(/\/\/ (\S+)/g)].map(([, name]) => name ?? "").join(" ");
      return inner(task, signal);
    };
    const prepared = await prepareRefactor(base, { recipe, files: ["*.ts"] }, never);

    await runRefactor(prepared, parts(write), never, never);

    expect(seen).toEqual({ "a.ts": "", "b.ts": "a.ts", "c.ts": "a.ts b.ts" });
  });

  it("asks the owner of what fails once more, with what the check said", async () => {
    const base = memorySnapshot({ "a.ts": "gives 1\n", "b.ts": "gives 1\n" });
    const asked: string[] = [];
    const write = writer(base, (path, { redo }) => {
      asked.push(`${path} ${redo?.complaint ?? ""}`);
      return path === "b.ts" && redo === undefined ? "broken" : "// two";
    });
    const prepared = await prepareRefactor(base, { recipe, files: ["*.ts"] }, never);

    const result = await runRefactor(prepared, parts(write, { asksAgain: true }), never, never);

    expect(asked).toEqual(["a.ts ", "b.ts ", "b.ts b.ts(1,1): error TS1005: broken."]);
    expect(result).toMatchObject({ conclusion: "success", leftOut: [] });
    expect(result.edits.map(({ path }) => path)).toEqual(["a.ts", "b.ts"]);
  });

  it("formats what was written, and only that, before it is checked", async () => {
    const base = memorySnapshot({ "a.ts": "gives 1\n", "b.ts": "gives 1\n", "c.ts": "gives 1\n" });
    const prepared = await prepareRefactor(base, { recipe, files: ["a.ts", "b.ts"] }, never);
    const stranger = { kind: "create" as const, path: "c.ts", text: "broken\n" };
    const formatter: Formatter = {
      async format({ edits }) {
        const tidy = edits.map((edit) => (edit.kind === "delete" ? edit : { ...edit, text: `${edit.text}// tidy\n` }));
        return Promise.resolve({ status: "formatted", edits: [...tidy, stranger] });
      },
    };
    const write = writer(base, () => "// two");

    const result = await runRefactor(prepared, parts(write, { formatter }), never, never);

    expect(result.edits.map((edit) => (edit.kind === "delete" ? "" : edit.text))).toEqual([
      "gives 1\n// two\n// tidy\n",
      "gives 1\n// two\n// tidy\n",
    ]);
    expect(result.conclusion).toBe("success");
  });

  it("keeps what was written, and says so, when it cannot be formatted", async () => {
    const base = memorySnapshot({ "a.ts": "gives 1\n" });
    const prepared = await prepareRefactor(base, { recipe, files: ["a.ts"] }, never);
    const formatter: Formatter = {
      format: async () => Promise.resolve({ status: "failed", reason: "The formatter ended with 2." }),
    };
    const write = writer(base, () => "// two");

    const result = await runRefactor(prepared, parts(write, { formatter }), never, never);

    expect(result.edits).toMatchObject([{ text: "gives 1\n// two\n" }]);
    expect(result.notes).toContain("Nothing was formatted: The formatter ended with 2.");
  });

  it.each([
    ["another's file", "b.ts"],
    ["a new file", "new.ts"],
    ["a workflow", ".github/workflows/ci.yml"],
    ["a manifest", "package.json"],
  ])("drops all of a draft that holds %s, though its writer's tools would have denied it", async (_, path) => {
    const base = memorySnapshot({ "a.ts": "gives 1\n", "b.ts": "gives 1\n" });
    const prepared = await prepareRefactor(base, { recipe, files: ["a.ts", "b.ts"] }, never);
    const inner = writer(base, () => "// two");
    const write: WriteDraft = async (task, signal) => {
      const draft = await inner(task, signal);
      if (task.subtask.id !== "s1") return { ...draft, edits: [] };
      return { ...draft, edits: editLog([...draft.edits, { kind: "create", path, text: "x\n" }]) };
    };

    const result = await runRefactor(prepared, parts(write), never, never);

    expect(result.edits).toEqual([]);
    expect(result.leftOut.find((file) => file.path === "a.ts")?.reason).toContain("which it may not");
  });

  it("changes a protected file only when the request names it", async () => {
    const base = memorySnapshot({
      "package.json": "{}\n",
      "src/a.ts": "gives 1\n",
      "run.sh": { text: "x\n", executable: true },
    });

    const byGlob = await prepareRefactor(base, { recipe, files: ["**"] }, never);
    const byName = await prepareRefactor(base, { recipe, files: ["package.json"] }, never);

    expect(byGlob.plan.subtasks.map(({ description }) => description)).toEqual(["src/a.ts"]);
    expect(byGlob.plan.skipped.map(({ path }) => path)).toEqual(["package.json", "run.sh"]);
    expect(byName.plan.subtasks.map(({ description }) => description)).toEqual(["package.json"]);
    expect(byName.named).toEqual(new Set(["package.json"]));
  });

  it("does not take a recipe's own files for what a person named", async () => {
    const base = memorySnapshot({ "package.json": "{}\n", "a.ts": "gives 1\n" });

    const prepared = await prepareRefactor(
      base,
      { recipe: { ...recipe, files: ["package.json", "a.ts"] }, files: [] },
      never,
    );

    expect(prepared.plan.subtasks.map(({ description }) => description)).toEqual(["a.ts"]);
    expect(prepared.named).toEqual(new Set());
  });

  it("says what matched nothing when there is no file to change", async () => {
    const prepared = prepareRefactor(memorySnapshot({ "a.ts": "" }), { recipe, files: ["lib/*.js"] }, never);

    await expect(prepared).rejects.toThrow("No file of the tree matches lib/*.js");
  });
});
