import { describe, expect, it } from "vitest";

import { parseLensFile } from "../../src/subagent/lens-files.ts";

const PATH = ".github/parallel-review/lenses/money.md";
const GOOD = `---
name: payments
paths:
  - src/payments/**
  - "**/*invoice*"
---
Words for people.

## Look for

- amounts in floating point
### Details
- rounding twice

## Do not flag

- test data
`;

describe("parseLensFile", () => {
  it("reads name, paths and both sections, with what stands below their subheadings", () => {
    expect(parseLensFile(PATH, GOOD)).toEqual({
      name: "payments",
      paths: ["src/payments/**", "**/*invoice*"],
      lookFor: "- amounts in floating point\n### Details\n- rounding twice",
      doNotFlag: "- test data",
    });
  });

  it("takes the name of the file where none is written, with either line end", () => {
    expect(parseLensFile(PATH, "# Look for\r\n\r\nrounding\r\n")).toEqual({
      name: "money",
      lookFor: "rounding",
      doNotFlag: "",
    });
  });

  it.each([
    ["---\nname: x\npath: a\n---\n# Look for\na", `${PATH}:3: unknown key path; a lens has name and paths`],
    ["---\nname: x\nhooks:\n  a: b\n---\n# Look for\na", `${PATH}:3: unknown key hooks`],
    ["---\nname: Money!\n---\n# Look for\na", `${PATH}:2: name:`],
    ["---\nname: [\n---\n# Look for\na", `${PATH}:2: not valid YAML`],
    ["---\n- a\n---\n# Look for\na", `${PATH}:2: the text between the --- lines must be keys with values`],
    ["---\nname: x\n---\nNothing here", `${PATH}:1: it needs a section "## Look for"`],
    [`# Look for\n${"x".repeat(4_001)}`, `${PATH}:1: the section "look for" has 4001 characters; at most 4000`],
  ])("names file and line of what cannot be used in %j", (text, message) => {
    expect(() => parseLensFile(PATH, text)).toThrow(message);
  });
});
