import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { LineTable } from "../../../src/adapters/rules/line-table.ts";

describe("LineTable", () => {
  it("finds for every index the line that a count of line breaks finds", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "\n", "\r\n", "é")), fc.nat(), (parts, seed) => {
        const text = parts.join("");
        const index = text.length === 0 ? 0 : seed % text.length;

        expect(new LineTable(text).lineAt(index)).toBe(text.slice(0, index).split("\n").length);
      }),
    );
  });

  it("gives lines without their breaks, whichever they are", () => {
    const lines = new LineTable("one\r\ntwo\nthree");

    expect([lines.text(1), lines.text(2), lines.text(3)]).toEqual(["one", "two", "three"]);
  });

  it("cuts a quote after the last line that fits", () => {
    const lines = new LineTable("aaaa\nbbbb\ncccc");

    expect(lines.quote(1, 3, 100)).toEqual({ endLine: 3, quote: "aaaa\nbbbb\ncccc" });
    expect(lines.quote(1, 3, 11)).toEqual({ endLine: 2, quote: "aaaa\nbbbb" });
    expect(lines.quote(1, 3, 2)).toEqual({ endLine: 1, quote: "aa" });
  });
});
