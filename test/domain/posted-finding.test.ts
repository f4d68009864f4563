import { describe, expect, it } from "vitest";

import type { Finding } from "../../src/domain/finding.ts";
import { fixedFindings, type FixedInput } from "../../src/domain/fixed-findings.ts";
import { type PostedFinding, recognise } from "../../src/domain/posted-finding.ts";
import { aFile, aFinding, aHunk } from "../support/builders.ts";

const URL = "https://github.com/acme/shop/pull/7#discussion_r1";

function posted(over: Partial<Finding> = {}, thread: Partial<PostedFinding> = {}): PostedFinding {
  const finding = aFinding({ quote: "", ...over });
  const lines = { startLine: finding.startLine, endLine: finding.endLine };
  return { finding, url: URL, lines, isResolved: false, ...thread };
}

function outdated(over: Partial<Finding> = {}, thread: Partial<PostedFinding> = {}): PostedFinding {
  const { lines: _, ...rest } = posted(over, thread);
  return rest;
}

function recognised(finding: Finding, comments: readonly PostedFinding[]): Finding | undefined {
  return recognise([finding], comments, new Map())[0];
}

describe("recognise", () => {
  it("knows a finding by its fingerprint wherever it went", () => {
    const finding = aFinding({ startLine: 90, endLine: 90 });

    expect(recognised(finding, [outdated()])?.earlier).toEqual({ url: URL, isResolved: false });
    expect(recognised(aFinding({ fingerprint: "other" }), [outdated()])?.earlier).toBeUndefined();
  });

  it("knows it by what is said about lines that overlap, where those lines are unchanged", () => {
    const finding = aFinding({ fingerprint: "other", startLine: 9, endLine: 11, quote: "for (…) {}" });
    const elsewhere = { lines: { startLine: 40, endLine: 40 } };

    expect(recognised(finding, [posted()])?.earlier?.url).toBe(URL);
    expect(recognised(finding, [posted({}, elsewhere)])?.earlier).toBeUndefined();
    expect(recognised(finding, [posted({ side: "LEFT" })])?.earlier).toBeUndefined();
    expect(recognised(finding, [posted({ path: "src/other.ts" })])?.earlier).toBeUndefined();
    const another = aFinding({ ...finding, category: "sql-injection", title: "The name is put into the query" });
    expect(recognised(another, [posted()])?.earlier).toBeUndefined();
  });

  it("tells equal code apart by where the comments stand now", () => {
    const rule = { ruleId: "no-eval", category: "code-injection" };
    // What stood at line 3 as the first of its kind is the second one now.
    const first = aFinding({ ...rule, startLine: 1, endLine: 1, fingerprint: "first" });
    const second = aFinding({ ...rule, startLine: 5, endLine: 5, fingerprint: "second" });
    const comment = posted({ ...rule, fingerprint: "first" }, { lines: { startLine: 5, endLine: 5 } });

    const found = recognise([first, second], [comment], new Map());

    expect(found.map(({ earlier }) => earlier?.url)).toEqual([undefined, URL]);
  });

  it("takes the open one of several comments, and the newest of those", () => {
    const comments = [
      posted({}, { url: "1" }),
      posted({}, { url: "2" }),
      posted({}, { url: "3", isResolved: true, resolvedBy: "dev" }),
    ];

    expect(recognised(aFinding(), comments)).toMatchObject({ earlier: { url: "2", isResolved: false } });
  });

  it("has it ignored by whoever may decide and resolved the thread, and only put away when nobody such did", () => {
    expect(recognised(aFinding(), [posted({}, { isResolved: true, resolvedBy: "dev" })])).toMatchObject({
      ignored: { by: "dev", reason: "resolved the conversation" },
    });
    const byAnybody = recognised(aFinding(), [posted({}, { isResolved: true })]);
    expect(byAnybody?.ignored).toBeUndefined();
    expect(byAnybody?.earlier).toEqual({ url: URL, isResolved: true });
  });

  it("obeys a decision about the comment also where the code is quoted otherwise now", () => {
    const finding = aFinding({ fingerprint: "other" });
    const ignored = new Map([["0123456789abcdef", { by: "dev", reason: "no" }]]);

    expect(recognise([finding], [posted()], ignored)[0]?.ignored).toEqual({ by: "dev", reason: "no" });
    expect(recognise([aFinding()], [], ignored)[0]?.ignored).toEqual({ by: "dev", reason: "no" });
  });
});

describe("fixedFindings", () => {
  const path = "src/orders.ts";
  const fixedCode: FixedInput = {
    posted: [outdated()],
    last: [aFinding()],
    findings: [],
    files: [aFile(path, [aHunk(10, ["+const customers = await db.customers(ids);"])])],
    headTexts: new Map([[path, "const customers = await db.customers(ids);\n"]]),
    coverage: [{ path, status: "reviewed", subtasks: ["s1"] }],
    isWhole: true,
  };

  function isFixed(over: Partial<FixedInput>): boolean {
    return fixedFindings({ ...fixedCode, ...over }).length === 1;
  }

  it("names what is gone, with its comment", () => {
    expect(fixedFindings(fixedCode)).toEqual([
      { fingerprint: "0123456789abcdef", path, severity: "high", title: "One query for every order", url: URL },
    ]);
  });

  it("says nothing of what is not certain", () => {
    const still = "  const customer =\n    await db.customer(order.customerId);\n";
    expect(isFixed({ headTexts: new Map([[path, still]]) })).toBe(false);
    expect(isFixed({ headTexts: new Map() })).toBe(false);
    expect(isFixed({ coverage: [{ path, status: "partial", reason: "cut", subtasks: ["s1"] }] })).toBe(false);
    expect(isFixed({ findings: [aFinding({ fingerprint: "other" })] })).toBe(false);
    expect(isFixed({ posted: [posted()] })).toBe(false);
    expect(isFixed({ posted: [outdated({}, { isResolved: true })] })).toBe(false);
    expect(isFixed({ last: [aFinding({ quote: "const customer = await…" })] })).toBe(false);
    expect(isFixed({ last: [aFinding({ quote: "" })] })).toBe(false);
    expect(isFixed({ last: [aFinding({ side: "LEFT" })] })).toBe(false);
  });

  it("says once that something is gone: what the last review did not have went before", () => {
    expect(isFixed({ last: [] })).toBe(false);
    const known = aFinding({ fingerprint: "other", earlier: { url: URL, isResolved: false } });
    expect(isFixed({ last: [known] })).toBe(true);
  });

  it("calls it gone when its file is not in the change any more and no other has the code", () => {
    const gone = { files: [], headTexts: new Map(), coverage: [] };
    expect(isFixed(gone)).toBe(true);
    expect(isFixed({ ...gone, files: [aFile(path, [], { status: "removed" })] })).toBe(true);
    expect(isFixed({ ...gone, isWhole: false })).toBe(false);
    const moved = new Map([["src/new.ts", `if (all) {\n  ${aFinding().quote}\n}\n`]]);
    expect(isFixed({ ...gone, headTexts: moved })).toBe(false);
    const renamed = aFile("src/new.ts", [], { status: "renamed", previousPath: path });
    expect(isFixed({ ...gone, files: [renamed] })).toBe(false);
  });
});
