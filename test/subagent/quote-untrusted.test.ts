import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { quoteUntrusted } from "../../src/subagent/quote-untrusted.ts";

describe("quoteUntrusted", () => {
  it("holds the text between two boundaries that it does not contain", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const lines = quoteUntrusted("file", text).split("\n");
        const boundary = /^<(data-[0-9a-f]{12}) /.exec(lines[0] ?? "")?.[1] ?? "";

        expect(lines.at(-1)).toBe(`</${boundary}>`);
        expect(lines.slice(1, -1).join("\n")).not.toContain(boundary);
      }),
    );
  });

  it("cannot be closed by text that was quoted before", () => {
    const first = quoteUntrusted("a", "code");

    const second = quoteUntrusted("a", first);

    expect(second.startsWith(first.slice(0, 18))).toBe(false);
  });

  it("is the same for the same text", () => {
    expect(quoteUntrusted("a", "code")).toBe(quoteUntrusted("a", "code"));
  });

  it("writes invisible characters out", () => {
    expect(quoteUntrusted("a\u202e", "x\u200by")).toMatch(/"a⟪U\+202E⟫">\nx⟪U\+200B⟫y\n/);
  });
});
