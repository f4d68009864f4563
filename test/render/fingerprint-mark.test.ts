import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, it } from "vitest";

import { parseFingerprints, printFingerprints } from "../../src/render/fingerprint-mark.ts";

const hex = fc
  .array(fc.constantFrom(...Array.from("0123456789abcdef")), { minLength: 8, maxLength: 64 })
  .map((digits) => digits.join(""));

describe("fingerprint mark", () => {
  it("comes back as it went, behind any text, and shows nothing", () => {
    fc.assert(
      fc.property(fc.array(hex, { maxLength: 20 }), fc.string(), (fingerprints, text) => {
        const printed = printFingerprints(fingerprints);

        expect(parseFingerprints(`${text}\n\n${printed}\n<!-- another line of ours -->`)).toEqual({
          fingerprints,
          complete: true,
        });
        expect(marked.parse(printed, { async: false })).toBe(printed);
      }),
    );
  });

  it.each([
    "",
    `${printFingerprints([])}\nmore`,
    `text ${printFingerprints([])}`,
    '<!-- parallel-review:findings@2 {"fingerprints":[],"complete":true} -->',
    '<!-- parallel-review:findings@1 {"fingerprints":["x"],"complete":true} -->',
    "<!-- parallel-review:findings@1 {{ -->",
  ])("is not found in %j", (body) => {
    expect(parseFingerprints(body)).toBeUndefined();
  });

  it("keeps as many fingerprints as there is room for, and says when it left some out", () => {
    const printed = printFingerprints(Array.from({ length: 5_000 }, (_, n) => n.toString(16).padStart(16, "0")));

    expect(printed.length).toBeLessThan(10_000);
    expect(parseFingerprints(printed)).toMatchObject({ complete: false });
  });
});
