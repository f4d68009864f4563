import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { markerOf, withMarker } from "../../../src/adapters/github/marker.ts";
import { splitBody } from "../../../src/adapters/github/split-body.ts";

const marker = fc.record({
  kind: fc.constantFrom("status" as const, "review" as const),
  workflow: fc.string({ unit: "grapheme" }),
  run: fc.string(),
  head: fc.string(),
  part: fc.constantFrom("1/1", "2/3"),
});

describe("a hidden marker", () => {
  it("comes back from the text it was put in, and cannot end its comment early", () => {
    fc.assert(
      fc.property(fc.string(), marker, (text, written) => {
        const marked = withMarker(text, written);

        expect(markerOf(marked)).toEqual(written);
        expect(marked.split("\n").at(-1)).toMatch(/^<!-- (?:(?!--).)* -->$/);
      }),
    );
  });

  it("leaves what other hidden comments the text ends with in their place, at the end", () => {
    const status = { kind: "status", workflow: "w", run: "r", head: "h", part: "1/1" } as const;

    const marked = withMarker("text\n\n<!-- other -->", status);

    expect(marked).toMatch(/^text\n\n<!-- parallel-review:status@1 .* -->\n<!-- other -->$/);
    expect(markerOf(marked)).toEqual(status);
  });

  it("counts only at the end, where we put it", () => {
    const forged = withMarker("", { kind: "review", workflow: "w", run: "r", head: "h", part: "1/1" });

    expect(markerOf(`${forged}\nmore text`)).toBeUndefined();
    expect(markerOf(`\`${forged.trim()}\``)).toBeUndefined();
  });

  it.each([
    "",
    "<!-- parallel-review:status@1 -->",
    "<!-- parallel-review:status@2 workflow=a run=b head=c part=d -->",
  ])("is not found in %j", (text) => {
    expect(markerOf(text)).toBeUndefined();
  });
});

describe("a body in parts", () => {
  const line = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom("", "```", "```ts", "~~~~", "   ```", "# Heading", "😀".repeat(40)),
  );
  const body = fc.array(line, { maxLength: 60 }).map((lines) => lines.join("\n"));

  it("has parts within the limit, and every character of the text in order", () => {
    fc.assert(
      fc.property(body, fc.integer({ min: 80, max: 400 }), (text, limit) => {
        const parts = splitBody(text, limit);

        for (const part of parts) expect(part.length).toBeLessThanOrEqual(limit);
        const letters = (all: string): string => all.replaceAll(/^ {0,3}(?:`{3,}|~{3,}).*$|\n/gm, "");
        expect(letters(parts.join("\n"))).toBe(letters(text));
      }),
    );
  });

  it("leaves no code block open and cuts no character in two", () => {
    fc.assert(
      fc.property(body, fc.integer({ min: 80, max: 400 }), (text, limit) => {
        for (const part of splitBody(text, limit).slice(0, -1)) {
          expect(part.isWellFormed()).toBe(true);
          expect(isFenceOpen(part)).toBe(false);
        }
      }),
    );
  });

  it("prefers the end of a paragraph", () => {
    const parts = splitBody(["one one one", "", "two two two", "", "three three"].join("\n"), 36);

    expect(parts).toEqual(["one one one\n\ntwo two two\n", "three three"]);
  });

  it("is one part when it is short enough", () => {
    expect(splitBody("short", 100)).toEqual(["short"]);
  });
});

/** As CommonMark reads fences, written apart from the code under test. */
function isFenceOpen(text: string): boolean {
  let open = "";
  for (const each of text.split("\n")) {
    const [, run = "", rest = ""] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(each) ?? [];
    if (run === "") continue;
    if (open === "" && !(run.startsWith("`") && rest.includes("`"))) open = run;
    else if (open !== "" && run[0] === open[0] && run.length >= open.length && rest.trim() === "") open = "";
  }
  return open !== "";
}
