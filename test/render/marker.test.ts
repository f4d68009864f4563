import * as fc from "fast-check";
import { marked } from "marked";
import { describe, expect, it } from "vitest";

import { parseMarker, printMarker } from "../../src/render/marker.ts";
import type { Marker } from "../../src/render/marker.ts";
import { aMarker } from "../support/sample-report.ts";

function hex(minLength: number): fc.Arbitrary<string> {
  const digit = fc.integer({ min: 0, max: 15 }).map((value) => value.toString(16));
  return fc.array(digit, { minLength, maxLength: 40 }).map((digits) => digits.join(""));
}

describe("marker", () => {
  it("comes back as it went, is one line and cannot be ended from inside", () => {
    const arbitrary: fc.Arbitrary<Marker> = fc.record({
      kind: fc.constantFrom("review" as const, "status" as const, "finding" as const, "summary" as const),
      runKey: fc.oneof(fc.string({ maxLength: 100 }), fc.constantFrom("--> <b>", "a--b", "---", "<!-- -->", "\n-->")),
      head: hex(7),
      version: fc.string({ maxLength: 20 }),
      fingerprints: fc.array(hex(8), { maxLength: 5 }),
      complete: fc.boolean(),
    });

    fc.assert(
      fc.property(arbitrary, fc.string(), (marker, text) => {
        const printed = printMarker(marker);

        expect(parseMarker(`${text}\n\n${printed}`)).toEqual(marker);
        expect(printed.slice(4, -3)).not.toMatch(/--|>|\n/);
        expect(marked.parse(printed, { async: false })).toBe(printed);
      }),
    );
  });

  it("is read from the last line only, and only when it is whole", () => {
    const printed = printMarker(aMarker());

    expect(parseMarker(`${printed}\n`)).toEqual(aMarker());
    expect(parseMarker(`${printed}\nmore`)).toBeUndefined();
    expect(parseMarker(`text ${printed}`)).toBeUndefined();
    expect(parseMarker(printed.replace("v1", "v2"))).toBeUndefined();
    expect(parseMarker('<!-- parallel-review:v1 {"kind":"x"} -->')).toBeUndefined();
    expect(parseMarker("<!-- parallel-review:v1 {{ -->")).toBeUndefined();
    expect(parseMarker("")).toBeUndefined();
  });

  it("keeps as many fingerprints as there is room for, and says when it left some out", () => {
    const printed = printMarker(
      aMarker({ fingerprints: Array.from({ length: 5_000 }, (_, n) => n.toString(16).padStart(16, "0")) }),
    );

    expect(printed.length).toBeLessThan(10_000);
    expect(parseMarker(printed)).toMatchObject({ complete: false });
  });
});
