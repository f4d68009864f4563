import { describe, expect, it } from "vitest";

import { chooseFindings, placeFindings } from "../../src/domain/fix-order.ts";
import { aFinding } from "../support/builders.ts";

const findings = [
  aFinding({ id: "f1", path: "src/a.ts" }),
  aFinding({ id: "f2", path: "src/[id].ts", verdict: "refuted" }),
  aFinding({ id: "f3", path: "lib/c.ts" }),
];
const idsOf = (some: readonly { readonly id: string }[]) => some.map(({ id }) => id);

describe("chooseFindings", () => {
  it("takes those that are named, also a refuted one, else all that nobody refuted", () => {
    expect(idsOf(chooseFindings(findings, ["f3", "f2"]))).toEqual(["f2", "f3"]);
    expect(idsOf(chooseFindings(findings, []))).toEqual(["f1", "f3"]);
    expect(idsOf(chooseFindings(findings, [], ["lib/**"]))).toEqual(["f3"]);
  });

  it("names the ids there are when one is unknown, and says when nothing is left", () => {
    expect(() => chooseFindings(findings, ["f1", "f9"])).toThrow("There is no finding f9; there are f1, f2, f3");
    expect(() => chooseFindings(findings, [], ["docs/**"])).toThrow("none of the findings is in the files");
    expect(() => chooseFindings([], [])).toThrow("the report has none");
  });
});

describe("placeFindings", () => {
  const quote = "const total = sum(items);";

  it("finds code that has moved, and gives up code that is gone", () => {
    const texts = new Map([
      ["a.ts", `// new\n// lines\n${quote}\n`],
      ["b.ts", "const total = 1;\n"],
    ]);
    const moved = aFinding({ id: "f1", path: "a.ts", startLine: 1, endLine: 1, quote });
    const gone = aFinding({ id: "f2", path: "b.ts", quote });
    const nowhere = aFinding({ id: "f3", path: "c.ts", quote });
    const removed = aFinding({ id: "f4", path: "a.ts", side: "LEFT", quote });

    const { toFix, lost } = placeFindings([moved, gone, nowhere, removed], texts);

    expect(toFix).toEqual(new Map([["a.ts", [{ ...moved, startLine: 3, endLine: 3 }]]]));
    expect(lost.map(({ id, reason }) => [id, reason])).toEqual([
      ["f2", "Its code is not there any more."],
      ["f3", "Its file is not a text file of this tree."],
      ["f4", "It is about lines that were removed."],
    ]);
  });
});
