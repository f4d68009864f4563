import { describe, expect, it } from "vitest";

import type { SyntaxRule } from "../../../src/adapters/rules/rule.ts";
import { rulesFor } from "../../../src/adapters/rules/scan-file.ts";

const RULE: SyntaxRule = {
  id: "a",
  severity: "high",
  category: "custom",
  title: "A",
  message: "A.",
  why: "",
  failureScenario: "",
  languages: ["typescript"],
  matcher: { rule: { pattern: "eval($A)" } },
  needs: [["eval"]],
  files: [],
  ignores: [],
  skipTests: false,
  confidence: 1,
};

function applies(path: string, text: string, rule: Partial<SyntaxRule> = {}): boolean {
  return rulesFor(path, text, [{ ...RULE, ...rule }]).length === 1;
}

describe("rulesFor", () => {
  it("asks only for rules of the file's language that the text has a chance to match", () => {
    expect(applies("a.ts", "eval(x)")).toBe(true);
    expect(applies("a.py", "eval(x)")).toBe(false);
    expect(applies("a.ts", "evil(x)")).toBe(false);
  });

  it("keeps to the globs of a rule", () => {
    expect(applies("src/a.ts", "eval(x)", { files: ["src/**"] })).toBe(true);
    expect(applies("lib/a.ts", "eval(x)", { files: ["src/**"] })).toBe(false);
    expect(applies("src/migrations/a.ts", "eval(x)", { ignores: ["**/migrations/**"] })).toBe(false);
  });

  it.each([
    "src/a.test.ts",
    "test/a.ts",
    "src/__tests__/a.ts",
    "e2e/a.ts",
    "packages/e2e_tests/a.ts",
    "benchmarks/a.ts",
  ])("leaves tests out where a rule says so: %s", (path) => {
    expect(applies(path, "eval(x)", { skipTests: true })).toBe(false);
    expect(applies(path, "eval(x)")).toBe(true);
  });

  it.each(["vendor/lib/a.ts", "src/static/js/vendors/a.ts", "public/js/jquery-3.7.1.js", "static/chart.min.js"])(
    "leaves alone what somebody else wrote: %s",
    (path) => {
      expect(applies(path, "eval(x)", { languages: ["typescript", "javascript"] })).toBe(false);
    },
  );

  it.each(["src/contest.ts", "src/latest/a.ts", "src/attestation.ts"])(
    "does not take everything with `test` in it for a test: %s",
    (path) => {
      expect(applies(path, "eval(x)", { skipTests: true })).toBe(true);
    },
  );
});
