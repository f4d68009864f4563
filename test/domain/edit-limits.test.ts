import { describe, expect, it } from "vitest";

import { editWarnings, limitProblem } from "../../src/domain/edit-limits.ts";

describe("limits of an edit", () => {
  it("lets a file grow to twice its size and 20,000 bytes, and no further", () => {
    const before = "x".repeat(1_000);

    expect(limitProblem(before, "x".repeat(22_000))).toBeUndefined();
    expect(limitProblem(before, "x".repeat(22_001))).toContain("at most 22000");
    expect(limitProblem(undefined, "x".repeat(20_000))).toBeUndefined();
    expect(limitProblem(undefined, "x".repeat(20_001))).toContain("at most 20000");
    expect(limitProblem(undefined, "ü".repeat(10_001))).toContain("20002 bytes");
  });

  it.each([
    ["NUL", "a\0b", "NUL"],
    ["half of a character", "a\ud800b", "surrogate"],
    ["a bidirectional override", "if (a\u202e) {}", "U+202E"],
    ["a zero-width space", "a\u200bb", "U+200B"],
    ["a tag character", "a\u{e0041}b", "U+E0041"],
    ["a Hangul filler", "const \u3164 = 1", "U+3164"],
    ["an escape", "\u001b[31m", "U+001B"],
    ["a carriage return that is no line end", "safe\revil", "U+000D"],
    ["a byte order mark in the middle", "a\ufeffb", "U+FEFF"],
  ])("refuses %s that was not there before", (_, after, named) => {
    expect(limitProblem("plain text", after)).toContain(named);
  });

  it("keeps invisible characters that were there, but not one more of them", () => {
    const before = "a\u200bb\u202ec";

    expect(limitProblem(before, "x\u202ey\u200bz")).toBeUndefined();
    expect(limitProblem(before, "x\u200by\u200bz")).toContain("U+200B");
  });

  it("lets text of any script, emoji and CRLF pass", () => {
    expect(limitProblem("", "größe 中文 שלום ❤️\r\n\ttab")).toBeUndefined();
  });

  it("warns of what a reviewer should look at", () => {
    const test = 'it("works", () => {});\n';

    expect(editWarnings(test.repeat(30), test.repeat(10))).toEqual([
      "it shrank from 690 to 230 characters",
      "it has 10 test cases where it had 30",
    ]);
    expect(editWarnings("some text", " \n")).toEqual(["all of its text was removed"]);
    expect(editWarnings("def test_a(): pass\n", "def helper(): pass\n")).toEqual([
      "it has 0 test cases where it had 1",
    ]);
    expect(editWarnings("a".repeat(600), "b".repeat(400))).toEqual([]);
  });
});
