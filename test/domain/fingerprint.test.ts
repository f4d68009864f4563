import { describe, expect, it } from "vitest";

import { fingerprint } from "../../src/domain/fingerprint.ts";
import { hasInvisible, showInvisible } from "../../src/domain/visible-text.ts";
import { aClaim } from "../support/builders.ts";

describe("fingerprint", () => {
  const CODE = "if (a) {\n  b();\n}";

  it("survives moved lines, other indentation, other words and spellings of the category", () => {
    const before = fingerprint(aClaim(), CODE, 0);

    expect(before).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprint(aClaim({ startLine: 99, endLine: 101, title: "Other", detail: "Words" }), CODE, 0)).toBe(before);
    expect(fingerprint(aClaim(), "\tif (a) {\n\t\tb();\n\t}", 0)).toBe(before);
    expect(fingerprint(aClaim({ category: "n-plus-one" }), CODE, 0)).toBe(before);
  });

  it("tells path, cause, code and occurrence apart", () => {
    const prints = [
      fingerprint(aClaim(), CODE, 0),
      fingerprint(aClaim({ path: "b.ts" }), CODE, 0),
      fingerprint(aClaim({ category: "race" }), CODE, 0),
      fingerprint(aClaim({ ruleId: "r" }), CODE, 0),
      fingerprint(aClaim(), "if (b) {}", 0),
      fingerprint(aClaim(), CODE, 1),
    ];

    expect(new Set(prints).size).toBe(prints.length);
  });
});

describe("showInvisible", () => {
  it.each([
    ["zero width space", "a\u200Bb", "a⟪U+200B⟫b"],
    ["tag character", "a\u{E0069}b", "a⟪U+E0069⟫b"],
    ["right-to-left override", "\u202Ex", "⟪U+202E⟫x"],
    ["variation selector 17", "x\u{E0100}", "x⟪U+E0100⟫"],
    ["hangul filler", "\u3164", "⟪U+3164⟫"],
    ["escape", "\u001B[0m", "⟪U+001B⟫[0m"],
    ["lone surrogate", "\uD800", "⟪U+D800⟫"],
    ["lone carriage return", "a\rb", "a⟪U+000D⟫b"],
    ["line separator", "a\u2028b", "a⟪U+2028⟫b"],
  ])("writes a %s out", (_, text, shown) => {
    expect(showInvisible(text)).toBe(shown);
    expect(hasInvisible(text)).toBe(true);
  });

  it("leaves what people see alone", () => {
    const text = "naïve 中文 \t⚠️ 🎉 1️⃣\nnext";

    expect(showInvisible(text)).toBe(text);
    expect(hasInvisible("a\r\nb")).toBe(false);
  });
});
