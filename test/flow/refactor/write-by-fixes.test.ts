import { describe, expect, it } from "vitest";

import { installedAssets } from "../../../src/adapters/rules/assets.ts";
import { rulesDetector } from "../../../src/adapters/rules/detector.ts";
import { loadRules } from "../../../src/adapters/rules/load-rules.ts";
import type { Finding } from "../../../src/domain/finding.ts";
import { RecipeFields } from "../../../src/domain/recipe.ts";
import { prepareFixes } from "../../../src/flow/refactor/prepare-fixes.ts";
import { runRefactor } from "../../../src/flow/refactor/run-refactor.ts";
import { writeByFixes } from "../../../src/flow/refactor/write-by-fixes.ts";
import { aFinding } from "../../support/builders.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";

const never = new AbortController().signal;
const assets = installedAssets();
const clock = { now: () => 0, sleep: async () => Promise.resolve() };
const journal = { write: () => undefined };
const recipe = { ...RecipeFields.parse({ goal: "Fix" }), name: "fix-findings", instructions: "" };
const RULES = [
  "id: no-log\nlanguage: typescript\nmessage: logs\nrule:\n  pattern: console.log($X)\nfix: logger.info($X)\n",
  "id: no-debugger\nlanguage: typescript\nmessage: stops\nrule:\n  kind: debugger_statement\n",
].join("---\n");

function byRule(ruleId: string, path: string, startLine: number, quote: string, over: Partial<Finding> = {}): Finding {
  const place = { path, startLine, endLine: startLine, quote };
  return aFinding({ ...place, source: "rule", ruleId, id: `f${startLine}`, title: ruleId, ...over });
}

async function fix(files: Record<string, string>, findings: readonly Finding[]) {
  const base = memorySnapshot(files);
  const rules = await loadRules({ assets, repository: [{ path: "r.yml", text: RULES }], signal: never });
  await using detector = rulesDetector({ rules, assets });
  const prepared = await prepareFixes(base, { recipe, findings, named: [] }, never);
  const { named, fixes } = prepared;
  if (fixes === undefined) throw new Error("there is nothing to fix");
  const write = writeByFixes({ base, named, fixes, detector, clock });
  const parts = {
    engine: "rules",
    write,
    asksAgain: false,
    checker: undefined,
    concurrency: 2,
    journal,
    clock,
  } as const;
  return await runRefactor(prepared, parts, never, never);
}

describe("writeByFixes", () => {
  it("puts a rule's replacement on the lines of its findings, and nowhere else", async () => {
    const text = "console.log(1);\r\nconsole.log(2);\r\nif (x) console.log(3);\r\n";

    const result = await fix({ "src/a.ts": text }, [
      byRule("no-log", "src/a.ts", 1, "console.log(1);"),
      byRule("no-log", "src/a.ts", 3, "if (x) console.log(3);", { suggestion: "steal();" }),
    ]);

    expect(result.edits).toMatchObject([
      { path: "src/a.ts", text: "logger.info(1);\r\nconsole.log(2);\r\nif (x) logger.info(3);\r\n" },
    ]);
    expect(result.fixes.map(({ fixed }) => fixed)).toEqual([true, true]);
    expect(result.changed).toMatchObject([{ what: "fixes f1 (no-log), f3 (no-log)" }]);
  });

  it("says which findings have no replacement, and why", async () => {
    const text = "console.log(1);\ndebugger;\nconst a = 1;\nok();\n";

    const result = await fix({ "src/a.ts": text }, [
      byRule("no-log", "src/a.ts", 1, "console.log(1);"),
      byRule("no-debugger", "src/a.ts", 2, "debugger;"),
      aFinding({ id: "f3", path: "src/a.ts", quote: "const a = 1;", startLine: 3, endLine: 3 }),
      byRule("no-log", "src/a.ts", 4, "ok();"),
      byRule("no-log", "src/a.ts", 9, "gone();"),
    ]);

    expect(result.fixes.map(({ finding, fixed, reason }) => [finding.id, fixed, reason])).toEqual([
      ["f1", true, ""],
      ["f2", false, "The rule no-debugger has no replacement (fix:); the claude engine can fix it."],
      ["f3", false, expect.stringContaining("A model found it")],
      ["f4", false, "The rule no-log does not report it here."],
      ["f9", false, "Its code is not there any more."],
    ]);
    expect(result.conclusion).toBe("partial");
  });

  it("fixes one of two findings on a line, and asks for another run", async () => {
    const both = "f(console.log(1), console.log(2));";

    const result = await fix({ "a.ts": `${both}\n` }, [
      byRule("no-log", "a.ts", 1, both),
      byRule("no-log", "a.ts", 1, both, { id: "f2" }),
    ]);

    expect(result.edits).toMatchObject([{ text: "f(logger.info(1), console.log(2));\n" }]);
    expect(result.fixes.map(({ fixed }) => fixed)).toEqual([true, false]);
  });

  it("does not let a finding name a protected file", async () => {
    const files = {
      "a.ts": "console.log(1);\n",
      "vitest.config.ts": "console.log(1);\n",
      "[id].ts": "console.log(1);\n",
    };

    const result = await fix(
      files,
      Object.keys(files).map((path, index) => byRule("no-log", path, 1, "console.log(1);", { id: `f${index + 1}` })),
    );

    expect(result.edits.map(({ path }) => path)).toEqual(["[id].ts", "a.ts"]);
    expect(result.fixes.find(({ fixed }) => !fixed)?.reason).toContain("Protected");
  });
});
