import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { withMarker } from "../../src/adapters/github/marker.ts";
import { parseMark, printMark } from "../../src/render/hidden-mark.ts";
import { parseRecord, printIdentity, printRecord } from "../../src/render/record-mark.ts";
import { parseDecision, printDecision } from "../../src/render/small-marks.ts";
import { SAMPLE_REPORT } from "../support/sample-report.ts";

const [FINDING] = SAMPLE_REPORT.findings;
if (FINDING === undefined) throw new Error("the sample has no finding");

describe("a hidden mark", () => {
  it("comes back as it went, behind any text and before others, and shows, mentions and ends nothing", () => {
    const marker = { kind: "status", workflow: "w", run: "r", head: "h", part: "1/1" } as const;
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (value, text) => {
        const printed = printMark("x@1", value);

        expect(parseMark(withMarker(`${text}\n\n${printed}`, marker), "x@1", z.string())).toBe(value);
        expect(marked.parse(printed, { async: false })).toBe(printed);
        expect(printed.slice("<!-- parallel-review:x@1 ".length, -" -->".length)).not.toMatch(/--|[<>@#&\n]/);
      }),
    );
  });

  it.each([
    "",
    `${printMark("x@1", "a")}\nmore`,
    `text ${printMark("x@1", "a")}`,
    printMark("x@2", "a"),
    printMark("x@1", 7),
    "<!-- parallel-review:x@1 {{ -->",
  ])("is not found in %j", (body) => {
    expect(parseMark(body, "x@1", z.string())).toBeUndefined();
  });

  it("keeps a decision of a person's own words", () => {
    const decision = { kind: "ignore", fingerprint: "0123456789abcdef", by: "dev", reason: "--> @all #1 <b>" } as const;

    expect(parseDecision(`Ignored.\n\n${printDecision(decision)}`)).toEqual(decision);
  });
});

describe("the record of a review", () => {
  it("has every finding whole where there is room", () => {
    const record = parseRecord(printRecord(SAMPLE_REPORT.findings, ["src/a.ts"]));

    expect(record).toMatchObject({ complete: true, missing: ["src/a.ts"] });
    expect(record?.findings.map(({ id, detail, fingerprint }) => [id, detail, fingerprint])).toEqual(
      SAMPLE_REPORT.findings.map(({ id, detail, fingerprint }) => [id, detail, fingerprint]),
    );
  });

  it("gives up long texts first, then findings, stays on one line that no body is cut in, and says so", () => {
    const long = { ...FINDING, detail: "x".repeat(8_000), quote: "y\n".repeat(4_000) };
    const some = printRecord(
      Array.from({ length: 20 }, () => long),
      [],
    );
    const many = printRecord(
      Array.from({ length: 3_000 }, () => long),
      Array.from({ length: 3_000 }, (_, n) => `src/${n}.ts`),
    );

    expect(Math.max(some.length, many.length)).toBeLessThanOrEqual(16_000);
    expect(some + many).not.toContain("\n");
    expect(parseRecord(some)).toMatchObject({ complete: true });
    expect(parseRecord(some)?.findings).toHaveLength(20);
    expect(parseRecord(many)).toMatchObject({ complete: false });
    expect(parseRecord(many)?.findings[0]?.fingerprint).toBe(FINDING.fingerprint);
  });

  it("names one finding without its long texts in the comment that shows them", () => {
    const [named] = parseRecord(printIdentity(FINDING))?.findings ?? [];

    expect(named).toMatchObject({ id: FINDING.id, fingerprint: FINDING.fingerprint, detail: "", quote: "" });
  });
});
