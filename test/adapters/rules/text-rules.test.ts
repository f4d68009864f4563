import { describe, expect, it } from "vitest";

import { LineTable } from "../../../src/adapters/rules/line-table.ts";
import { scanText, TEXT_RULES } from "../../../src/adapters/rules/text/text-rules.ts";

function claims(id: string, text: string, path = "src/app.ts"): ReturnType<typeof scanText> {
  return scanText(path, text, new LineTable(text), [id]);
}

/** Examples are written with `{}` inside what a scanner would take for a credential. */
function meant(example: string): string {
  return example.replaceAll("{}", "");
}

describe.each(TEXT_RULES.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  it("says why it matters", () => {
    expect(rule.why).not.toBe("");
  });

  it.each(rule.examples.invalid)("finds it: %s", (example) => {
    expect(claims(id, meant(example))).not.toEqual([]);
  });

  it.each(rule.examples.valid)("leaves it alone: %s", (example) => {
    expect(claims(id, meant(example))).toEqual([]);
  });
});

describe("secret-in-source", () => {
  const token = ["ghp", "x8Kq2LmZ5vTn9RwYb3CfHj7PsDg4Ea6UiOkQ"].join("_");

  it("is less sure of samples and tests", () => {
    expect(claims("secret-in-source", `t = "${token}"`)[0]?.severity).toBe("critical");
    expect(claims("secret-in-source", `t = "${token}"`, "test/app.test.ts")[0]?.severity).toBe("medium");
  });

  it("repeats no more of a credential than its beginning", () => {
    const [claim] = claims("secret-in-source", `t = "${token}"`);

    expect(claim?.quote).toContain("ghp_…");
    expect(JSON.stringify(claim)).not.toContain(token.slice(8));
  });

  it("leaves literals with a telling name alone in tests and samples", () => {
    const text = 'const dbPassword = "t7#Kq9vLx2!mZ";';

    expect(claims("secret-in-source", text)).toHaveLength(1);
    for (const path of [
      "docs/guide.md",
      "static/legacy-docs/api.htm",
      "pkg/testdata/app.go",
      "api/fixtures/user.json",
      "nx.json",
      "src/server-dev.ts",
      "src/mock.ts",
    ])
      expect(claims("secret-in-source", text, path)).toEqual([]);
  });

  it("ends in time on a long line of one character", () => {
    expect(claims("secret-in-source", `password = "${"a".repeat(500_000)}`)).toEqual([]);
  });

  it("says at most so much about one file", () => {
    const text = Array.from({ length: 100 }, () => `t = "${token}"`).join("\n");

    expect(claims("secret-in-source", text)).toHaveLength(20);
  });
});

describe("invisible-characters", () => {
  it("takes bidirectional controls in code for worse than other invisible characters", () => {
    expect(claims("invisible-characters", "a = '\u202E'")[0]?.severity).toBe("high");
    expect(claims("invisible-characters", "a = '\u200B'")[0]?.severity).toBe("medium");
  });

  it("takes what a test holds for what it tests, but for what hides code", () => {
    expect(claims("invisible-characters", "expect(tag('a\u200Bb'))", "test/tag.test.ts")).toEqual([]);
    expect(claims("invisible-characters", "expect(tag('a\u202Eb'))", "test/tag.test.ts")).toHaveLength(1);
    expect(claims("invisible-characters", '["@@\u00ADk"]', "demo/map.json")).toEqual([]);
    expect(claims("invisible-characters", '["\u{E0041}\u{E0042}"]', "demo/map.json")).toHaveLength(1);
  });

  it("allows marks of direction where translations live, but no overrides", () => {
    expect(claims("invisible-characters", "greeting: \u200Fשלום", "locales/he/messages.yml")).toEqual([]);
    expect(claims("invisible-characters", "greeting: \u202Eשלום", "locales/he/messages.yml")).toHaveLength(1);
  });

  it("names the code point and the line", () => {
    expect(claims("invisible-characters", "one\ntwo\u2060\n")).toMatchObject([
      { title: "Invisible character U+2060", startLine: 2, endLine: 2, quote: "two\u2060" },
    ]);
  });
});
