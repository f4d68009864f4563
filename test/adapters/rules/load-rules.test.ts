import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { installedAssets } from "../../../src/adapters/rules/assets.ts";
import { builtInRules } from "../../../src/adapters/rules/built-in-rules.ts";
import { loadRules } from "../../../src/adapters/rules/load-rules.ts";
import type { RuleSet } from "../../../src/adapters/rules/rule.ts";
import { ConfigurationError } from "../../../src/domain/errors.ts";

const { signal } = new AbortController();

async function load(...texts: string[]): Promise<RuleSet> {
  const repository = texts.map((text, index) => ({ path: `.rules/${index + 1}.yml`, text }));
  return loadRules({ assets: installedAssets(), repository, signal });
}

async function complaintAbout(...texts: string[]): Promise<string> {
  const error = await load(...texts).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigurationError);
  return String(error);
}

const RULE = `id: no-print
language: Python
severity: warning
message: Use the logger.
note: Output is lost.
rule:
  pattern: print($A)
`;

describe("loadRules", () => {
  it("gives the built-in packs, sorted by id, and the text rules", async () => {
    const rules = await load();

    expect(rules.syntax.map((rule) => rule.id)).toEqual(rules.syntax.map((rule) => rule.id).toSorted());
    expect(rules.syntax.map((rule) => rule.id)).toContain("ts-query-in-loop");
    expect(rules.text).toContain("secret-in-source");
  });

  it("reads ast-grep's own form", async () => {
    const rules = await load(RULE);

    expect(rules.syntax.find((rule) => rule.id === "no-print")).toMatchObject({
      languages: ["python"],
      severity: "medium",
      message: "Use the logger.",
      title: "Use the logger",
      why: "Output is lost.",
      needs: [["print"]],
    });
  });

  it("takes several languages, several documents and our metadata", async () => {
    const rules = await load(
      `${RULE}---
id: no-eval
language: [ts, JavaScript]
severity: error
message: No eval.
metadata: { severity: critical, category: security, skipTests: true }
rule: { pattern: eval($A) }
`,
    );

    expect(rules.syntax.find((rule) => rule.id === "no-eval")).toMatchObject({
      languages: ["typescript", "javascript"],
      severity: "critical",
      category: "security",
      skipTests: true,
      confidence: 1,
    });
  });

  it("lets a repository replace a built-in rule and switch others off", async () => {
    const rules = await load(
      "id: secret-in-source\nseverity: off",
      "id: ts-empty-catch\nseverity: off",
      RULE.replace("no-print", "py-silent-except"),
    );

    expect(rules.text).not.toContain("secret-in-source");
    expect(rules.syntax.filter((rule) => rule.id === "ts-empty-catch")).toEqual([]);
    expect(rules.syntax.filter((rule) => rule.id === "py-silent-except").map((rule) => rule.message)).toEqual([
      "Use the logger.",
    ]);
  });

  it.each([
    ["a wrong value", RULE.replace("warning", "fatal"), ".rules/1.yml:3: `severity`"],
    ["an unknown key", `${RULE}color: red\n`, 'Unrecognized key: "color"'],
    ["a missing key", RULE.replace("message: Use the logger.\n", ""), "`message` is missing"],
    [
      "an unknown language",
      RULE.replace("Python", "Cobol"),
      ".rules/1.yml:2: `language`: no such language: Cobol; there are TypeScript",
    ],
    ["broken YAML", `${RULE}  - [\n`, "not valid YAML"],
    ["an unknown kind", RULE.replace("pattern: print($A)", "kind: print_call"), "Kind `print_call` is invalid"],
    ["an unknown matcher", RULE.replace("pattern:", "patern:"), "unknown field `patern`"],
    ["a broken regular expression", RULE.replace("pattern: print($A)", 'regex: "(a"'), "unclosed group"],
    ["an alias bomb", `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b]\n`, ".rules/1.yml"],
  ])("names file, line and mistake: %s", async (_name, text, expected) => {
    expect(await complaintAbout(text)).toContain(expected);
  });

  it("names the line of the rule for what ast-grep does not like", async () => {
    expect(await complaintAbout(RULE.replace("pattern: print($A)", "kind: print_call"))).toContain(
      ".rules/1.yml:7: no-print (python)",
    );
  });

  it("tells of every broken file at once, and of ids used twice", async () => {
    const complaint = await complaintAbout(RULE.replace("warning", "fatal"), RULE, RULE);

    expect(complaint).toContain(".rules/1.yml:3");
    expect(complaint).toContain("`id` no-print is taken by .rules/2.yml:7");
  });
});

it("reads the built-in rules as a bundle has them: parsed, and the same", async () => {
  const folder = mkdtempSync(join(tmpdir(), "packs-"));
  const never = new AbortController().signal;
  const path = join(folder, "packs.json");
  const rules = await builtInRules(installedAssets().packs, never);
  writeFileSync(path, JSON.stringify(rules));

  const parsed = await builtInRules({ kind: "parsed", path }, never);

  rmSync(folder, { recursive: true });
  expect(rules.length).toBeGreaterThan(20);
  expect(parsed).toEqual(rules);
});
