import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { installedAssets } from "../../../src/adapters/rules/assets.ts";
import { type Engine, openEngine } from "../../../src/adapters/rules/engine.ts";
import { GRAMMARS } from "../../../src/adapters/rules/languages.ts";
import { parseRules } from "../../../src/adapters/rules/parse-rules.ts";
import type { SyntaxRule } from "../../../src/adapters/rules/rule.ts";
import { scanFile } from "../../../src/adapters/rules/scan-file.ts";

const RuleTest = z.strictObject({
  id: z.string(),
  valid: z.array(z.string()).min(2),
  invalid: z.array(z.string()).min(2),
});

const packDirectory = installedAssets().packs.path;
const testDirectory = join(import.meta.dirname, "packs");
const ruleFiles = globSync("*/*.yml", { cwd: packDirectory }).toSorted();
const testFiles = globSync("*/*-test.yml", { cwd: testDirectory }).toSorted();
const parsed = parseRules(ruleFiles.map((path) => ({ path, text: readFileSync(join(packDirectory, path), "utf8") })));
const rules = parsed.rules.map(({ rule }) => rule);
const tests = testFiles.map((path) => RuleTest.parse(parse(readFileSync(join(testDirectory, path), "utf8"))));

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine(installedAssets());
  for (const language of new Set(rules.flatMap((rule) => rule.languages))) await engine.load(language);
});

/** The rule's claims for the example in every language of the rule that can parse it. */
function claimsOf(rule: SyntaxRule, example: string): number[] {
  return rule.languages.flatMap((language) => {
    const broken = engine.withTree(language, example, (find) => find({ rule: { kind: "ERROR" } }, []));
    if (broken.length > 0) return [];
    const path = `src/example${GRAMMARS[language].extensions[0]}`;
    return [scanFile(engine, { syntax: [rule], text: [] }, path, example).length];
  });
}

describe("built-in packs", () => {
  it("has a rule in each file, named for its id and placed under a language, and nothing wrong with it", () => {
    expect(parsed.problems).toEqual([]);
    expect(ruleFiles.map((path) => basename(path, ".yml"))).toEqual(rules.map((rule) => rule.id));
  });

  it("has a test file for each rule, and a rule for each test file", () => {
    expect(testFiles).toEqual(ruleFiles.map((path) => `${dirname(path)}/${basename(path, ".yml")}-test.yml`));
    expect(tests.map((test) => test.id)).toEqual(rules.map((rule) => rule.id));
  });

  it("says why each rule matters", () => {
    expect(rules.filter((rule) => rule.why === "").map((rule) => rule.id)).toEqual([]);
  });

  it.each(rules.flatMap((rule) => rule.languages.map((language) => [rule.id, language, rule] as const)))(
    "%s compiles for %s",
    (_id, language, rule) => {
      expect(engine.complaint(language, rule.matcher)).toBeUndefined();
    },
  );

  it.each(rules.map((rule) => [rule.id, rule] as const))(
    "%s needs a text, so that it costs nothing elsewhere",
    (_id, rule) => {
      expect(rule.needs.length).toBeGreaterThan(0);
    },
  );
});

describe.each(tests.map((test) => [test.id, test] as const))("%s", (id, test) => {
  const rule = rules.find((one) => one.id === id);

  it.each(test.invalid)("finds it: %s", (example) => {
    const claims = rule === undefined ? [] : claimsOf(rule, example);

    expect(claims.length).toBeGreaterThan(0);
    expect(claims).not.toContain(0);
  });

  it.each(test.valid)("leaves it alone: %s", (example) => {
    const claims = rule === undefined ? [] : claimsOf(rule, example);

    expect(claims.length).toBeGreaterThan(0);
    expect(claims.filter((count) => count > 0)).toEqual([]);
  });
});
