import { describe, expect, it } from "vitest";

import { replaceText, type Replaced } from "../../src/subagent/replace-text.ts";

function replace(text: string, old: string, fresh: string, all = false): Replaced {
  return replaceText(text, { old, new: fresh, all });
}

function problem(result: Replaced): string {
  if (result.ok) throw new Error(`expected a problem, got ${JSON.stringify(result.text)}`);
  return result.problem;
}

describe("replacing a text", () => {
  it("replaces the only occurrence", () => {
    expect(replace("const a = 1;\n", "a = 1", "a = 2")).toEqual({ ok: true, text: "const a = 2;\n", count: 1 });
  });

  it("puts the new text in as it is, whatever a pattern would make of it", () => {
    expect(replace("a.b", ".", "$&$1$$")).toEqual({ ok: true, text: "a$&$1$$b", count: 1 });
  });

  it("asks for more when there are several, and says where", () => {
    expect(problem(replace("x\ny\nx\n", "x", "z"))).toContain("2 times (at lines 1, 3)");
    expect(replace("x\ny\nx\n", "x", "z", true)).toEqual({ ok: true, text: "z\ny\nz\n", count: 2 });
    expect(problem(replace("x\n".repeat(100), "x", "z"))).toContain("lines 1, 2, 3, 4, 5, 6, 7, 8, ...");
  });

  it("does not take its own new text for another occurrence", () => {
    expect(replace("aaa", "a", "aa", true)).toEqual({ ok: true, text: "aaaaaa", count: 3 });
  });

  it.each([
    ["a\r\nb\r\nc\r\n", "a\nb", "a\nx\nb", "a\r\nx\r\nb\r\nc\r\n"],
    ["a\r\nb\r\nc\r\n", "b", "b\nx", "a\r\nb\r\nx\r\nc\r\n"],
    ["a\r\nb\r\n", "a\r\nb", "x\r\ny", "x\r\ny\r\n"],
    ["a\nb\nc\n", "a\r\nb", "a\r\nx", "a\nx\nc\n"],
    ["a\nb\n", "b", "b\r\nc", "a\nb\nc\n"],
    ["a\r\nb\nc\n", "b\nc", "b\nx\nc", "a\r\nb\nx\nc\n"],
  ])("keeps the line ends of %j", (text, old, fresh, expected) => {
    expect(replace(text, old, fresh)).toMatchObject({ ok: true, text: expected });
  });

  it("refuses a change of nothing, or of line ends alone", () => {
    expect(problem(replace("a\n", "a", "a"))).toContain("the same");
    expect(problem(replace("a\r\nb\r\n", "a\r\nb", "a\nb"))).toContain("line ends only");
  });

  it("says what is wrong with a text that is not there", () => {
    const text = "function total() {\n    return 1;\n}\n";

    expect(problem(replace(text, "function total() {\n  return 1;\n}", "x"))).toMatch(
      /Lines 1-3 are the same but for white space:\nfunction total\(\) \{\n {4}return 1;/,
    );
    expect(problem(replace(text, "     1\tfunction total() {\n     2\t    return 1;", "x"))).toContain("line numbers");
    expect(problem(replace(text, "retrun ⟪U+200B⟫", "x"))).toContain("invisible character");
    expect(problem(replace(text, "nothing of this kind anywhere", "x"))).toContain("Read the file again");
  });

  it("does not show a hint of unbounded length", () => {
    const text = `  ${"long ".repeat(10_000)}\n`;

    expect(problem(replace(text, "long  ".repeat(10_000), "x")).length).toBeLessThan(2_000);
  });
});
