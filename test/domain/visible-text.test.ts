import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { visibleText } from "../../src/domain/visible-text.ts";

describe("visibleText", () => {
  it.each([
    ["right-to-left override", "if (admin\u202e){", "if (admin⟪U+202E⟫){"],
    ["zero-width space", "a\u200bb", "a⟪U+200B⟫b"],
    ["tag characters", "x\u{e0069}\u{e0067}", "x⟪U+E0069⟫⟪U+E0067⟫"],
    ["variation selectors", "a\ufe0fb\u{e0100}", "a⟪U+FE0F⟫b⟪U+E0100⟫"],
    ["Hangul filler as a name", "const \u3164 = 1", "const ⟪U+3164⟫ = 1"],
    ["escape sequence", "\u001b[2J", "⟪U+001B⟫[2J"],
    ["byte order mark", "\ufeffimport", "⟪U+FEFF⟫import"],
    ["lone surrogate", "a\ud800b", "a⟪U+D800⟫b"],
    ["NUL", "a\u0000b", "a⟪U+0000⟫b"],
  ])("writes out %s", (_name, text, expected) => {
    expect(visibleText(text)).toBe(expected);
  });

  it.each(["plain\tcode\r\n", "größe 漢字 עברית", "emoji 🚀", "combining e\u0301", ""])("keeps %j as it is", (text) => {
    expect(visibleText(text)).toBe(text);
  });

  it("leaves nothing to write out, and never changes the number of lines", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = visibleText(text);

        expect(visibleText(once)).toBe(once);
        expect(once.split("\n")).toHaveLength(text.split("\n").length);
      }),
    );
  });
});
