import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ClaimReport } from "../../src/domain/cluster.ts";
import { combine } from "../../src/domain/combine.ts";
import type { Combined, CombineInput } from "../../src/domain/combine.ts";
import { Finding } from "../../src/domain/finding.ts";
import type { Claim } from "../../src/domain/finding.ts";
import { DEFAULT_SETTINGS } from "../../src/domain/settings.ts";
import { aClaim, aFile, aHunk } from "../support/builders.ts";

const FILE = aFile("src/orders.ts", [
  aHunk(8, [" a", " b", "+const customer = await db.customer(order.customerId);", "+two", "+three", " c"]),
]);

function run(reports: readonly ClaimReport[], over: Partial<CombineInput> = {}): Combined {
  return combine({
    reports,
    changeSet: { files: [FILE] },
    headTexts: new Map(),
    limits: { caps: DEFAULT_SETTINGS.caps, minimumSeverity: "low" },
    ...over,
  });
}

function report(subtaskId: string, claims: readonly Claim[], lens = "correctness"): ClaimReport {
  return { subtaskId, lens, paths: ["src/orders.ts"], claims };
}

function severityOf(...list: Claim["severity"][]): string | undefined {
  return run(list.map((severity, index) => report(`s${index}`, [aClaim({ severity })]))).findings[0]?.severity;
}

describe("combine", () => {
  it("merges what two subagents say about the same lines, and counts who agreed of all who looked", () => {
    const { findings, mergedClaims } = run([
      report("s1", [aClaim()]),
      report("s2", [aClaim({ title: "N+1 database access", category: "n-plus-one", endLine: 11, severity: "medium" })]),
      report("s3", []),
    ]);

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ agreement: { found: 2, of: 3 }, severity: "high", placement: "inline" });
    expect(findings[0]?.detail).toContain("Also reported as: N+1 database access.");
    expect(mergedClaims).toBe(1);
  });

  it("keeps different causes on the same lines apart", () => {
    const { findings } = run([
      report("s1", [aClaim()]),
      report("s2", [aClaim({ category: "secret", title: "Password in the source" })]),
    ]);

    expect(findings).toHaveLength(2);
  });

  it("keeps a subject such as `bug` apart unless the titles agree", () => {
    const bug = aClaim({ category: "bug", title: "Loop ends one element early" });

    expect(
      run([report("s1", [bug]), report("s2", [aClaim({ category: "bug", title: "Result is never awaited" })])])
        .findings,
    ).toHaveLength(2);
    expect(
      run([report("s1", [bug]), report("s2", [{ ...bug, title: "The loop ends an element too early" }])]).findings,
    ).toHaveLength(1);
  });

  it("takes two findings of one reporter on neighbouring lines for two findings", () => {
    const { findings } = run([
      report("s1", [aClaim({ startLine: 10, endLine: 10 }), aClaim({ startLine: 11, endLine: 11 })]),
    ]);

    expect(findings).toHaveLength(2);
    expect(new Set(findings.map((finding) => finding.fingerprint)).size).toBe(2);
  });

  it("keeps the rule and its evidence when a model says the same in better words", () => {
    const rule = aClaim({
      source: "rule",
      ruleId: "ts-query-in-loop",
      detail: "A query in a loop body.",
      failureScenario: "",
      confidence: 1,
    });

    const { findings } = run([{ lens: "rules", paths: [], claims: [rule] }, report("s1", [aClaim()])]);

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      ruleId: "ts-query-in-loop",
      source: "model",
      lens: "correctness",
      agreement: { found: 1, of: 1 },
    });
    expect(findings[0]?.detail).toContain("Rule `ts-query-in-loop`: A query in a loop body.");
  });

  it("says that no subagent confirmed what only a rule found", () => {
    const rule = aClaim({ source: "rule", ruleId: "ts-query-in-loop" });

    const { findings } = run([{ lens: "rules", paths: [], claims: [rule] }, report("s1", []), report("s2", [])]);

    expect(findings[0]).toMatchObject({ lens: "rules", agreement: { found: 0, of: 2 } });
  });

  it("takes the highest severity that at least half of the reporters agree on", () => {
    expect(severityOf("critical", "low")).toBe("critical");
    expect(severityOf("critical", "medium", "low")).toBe("medium");
    expect(severityOf("low", "high", "high")).toBe("high");
  });

  it("ranks by severity, then scope, then confidence, and numbers in that order", () => {
    const { findings } = run([
      report("s1", [
        aClaim({ startLine: 10, endLine: 10, severity: "medium", title: "m", category: "race" }),
        aClaim({ startLine: 8, endLine: 8, severity: "high", title: "old", category: "secret" }),
        aClaim({
          startLine: 12,
          endLine: 12,
          severity: "high",
          title: "unsure",
          category: "injection",
          confidence: 0.2,
        }),
        aClaim({ startLine: 11, endLine: 11, severity: "high", title: "sure", category: "null-dereference" }),
      ]),
    ]);

    expect(findings.map(({ id, title }) => [id, title])).toEqual([
      ["f1", "sure"],
      ["f2", "unsure"],
      ["f3", "old"],
      ["f4", "m"],
    ]);
  });

  it("moves what is over the caps to the summary with the reason, and drops nothing", () => {
    const claims = [10, 11, 12].map((line) =>
      aClaim({ startLine: line, endLine: line, category: `cause-${line}`, title: `t${line}` }),
    );
    const nits = [10, 11, 12].map((line) =>
      aClaim({ startLine: line, endLine: line, severity: "low", category: `nit-${line}`, title: `n${line}` }),
    );

    const { findings } = run([report("s1", [...claims, ...nits])], {
      limits: { caps: { ...DEFAULT_SETTINGS.caps, inlineComments: 4, nits: 2 }, minimumSeverity: "low" },
    });

    expect(findings.map(({ placement, placementReason }) => [placement, placementReason])).toEqual([
      ["inline", undefined],
      ["inline", undefined],
      ["inline", undefined],
      ["inline", undefined],
      ["summary", "it is over the limit of 4 comments"],
      ["summary", "it is over the limit of 4 comments"],
    ]);
  });

  it("numbers equal code in one file from the top, whichever was reported", () => {
    const text = ["x", "dup();", "y", "  dup();"].join("\n");
    const second = aClaim({ startLine: 4, endLine: 4, quote: "dup();" });
    const first = { ...second, startLine: 2, endLine: 2 };
    const prints = (claims: readonly Claim[]): readonly string[] =>
      run([report("s1", claims)], { headTexts: new Map([["src/orders.ts", text]]) }).findings.map(
        (each) => each.fingerprint,
      );

    expect(prints([second])[0]).toBe(prints([first, second])[1]);
    expect(prints([second])[0]).not.toBe(prints([first])[0]);
  });

  const claimArbitrary = fc
    .record({
      startLine: fc.integer({ min: 1, max: 14 }),
      length: fc.integer({ min: 0, max: 3 }),
      severity: fc.constantFrom("critical" as const, "high" as const, "medium" as const, "low" as const),
      category: fc.constantFrom("n-plus-one", "query-in-loop", "bug", "race", "secret"),
      title: fc.constantFrom(
        "Query in a loop",
        "A query for every order in the loop",
        "Race on the counter",
        "??",
        "Password",
      ),
      detail: fc.constantFrom("", "Short.", "A longer explanation."),
      failureScenario: fc.constantFrom("", "Two calls at once."),
      quote: fc.constantFrom("", "one", "two"),
      confidence: fc.constantFrom(0.2, 0.5, 1),
      path: fc.constantFrom("src/orders.ts", "src/other.ts"),
      ruleId: fc.constantFrom(undefined, undefined, "rule-a", "rule-b"),
    })
    .map(({ length, ruleId, ...fields }) =>
      aClaim({
        ...fields,
        endLine: fields.startLine + length,
        ...(ruleId === undefined ? {} : { ruleId, source: "rule" as const }),
      }),
    );
  const reportsArbitrary = fc
    .array(fc.array(claimArbitrary, { maxLength: 6 }), { minLength: 1, maxLength: 5 })
    .map((lists) => lists.map((claims, index) => report(`s${index}`, claims, index % 2 ? "security" : "correctness")));

  it("gives the same answer in any order", () => {
    fc.assert(
      fc.property(reportsArbitrary, fc.array(fc.nat(), { minLength: 50, maxLength: 50 }), (reports, keys) => {
        let next = 0;
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map((value) => ({ value, key: keys[next++ % keys.length] ?? 0 }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ value }) => value);
        const other = shuffled(reports).map((each) => ({ ...each, claims: shuffled(each.claims) }));

        expect(run(other)).toEqual(run(reports));
      }),
    );
  });

  it("changes nothing when everything is reported twice, and nothing when its result is combined again", () => {
    fc.assert(
      fc.property(reportsArbitrary, (reports) => {
        const once = run(reports);

        expect(run([...reports, ...reports]).findings).toEqual(once.findings);
        const again = run([report("s0", once.findings)]);
        expect(again.findings.length).toBe(once.findings.length);
      }),
    );
  });

  it("loses no claim and makes valid findings with distinct ids and fingerprints", () => {
    fc.assert(
      fc.property(reportsArbitrary, (reports) => {
        const { findings, claims, mergedClaims } = run(reports);

        expect(claims).toBe(reports.flatMap((each) => each.claims).length);
        expect(findings.length + mergedClaims).toBe(claims);
        for (const finding of findings) expect(Finding.safeParse(finding).error).toBeUndefined();
        expect(new Set(findings.map((each) => each.id)).size).toBe(findings.length);
        expect(new Set(findings.map((each) => each.fingerprint)).size).toBe(findings.length);
        for (const claim of reports.flatMap((each) => each.claims)) {
          expect(findings.some((each) => each.path === claim.path)).toBe(true);
        }
        expect(findings.every((each) => (each.placement === "inline") === (each.placementReason === undefined))).toBe(
          true,
        );
      }),
    );
  });
});
