import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { judgeFindings } from "../../src/domain/judge-findings.ts";
import type { Judgement } from "../../src/domain/judgement.ts";
import { DEFAULT_SETTINGS } from "../../src/domain/settings.ts";
import { aFile, aFinding, aHunk } from "../support/builders.ts";

const FILES = [
  aFile("src/orders.ts", [
    aHunk(
      1,
      Array.from({ length: 30 }, (_, line) => `+line ${line}`),
    ),
  ]),
];
const says = (verdict: Judgement["verdict"]): Judgement => ({ verdict, evidence: `it is ${verdict}`, quote: "" });

const ofVerdicts = (...verdicts: readonly (Judgement["verdict"] | undefined)[]) => {
  const findings = verdicts.map((_, index) =>
    aFinding({ id: `f${index + 1}`, startLine: index + 1, endLine: index + 1, fingerprint: `p${index}` }),
  );
  const given = verdicts.flatMap((verdict, index) =>
    verdict === undefined ? [] : [[`p${index}`, says(verdict)] as const],
  );
  return judgeFindings(findings, new Map(given), FILES, DEFAULT_SETTINGS);
};

describe("judgeFindings", () => {
  it("ranks equals by verdict, refuted last, and numbers them anew", () => {
    const findings = ofVerdicts("refuted", undefined, "plausible", "confirmed");

    expect(findings.map(({ id, verdict, placement }) => [id, verdict, placement])).toEqual([
      ["f1", "confirmed", "inline"],
      ["f2", "plausible", "inline"],
      ["f3", "unverified", "inline"],
      ["f4", "refuted", "summary"],
    ]);
  });

  it("frees the room of a refuted finding's comment for another", () => {
    const findings = ofVerdicts("refuted", ...Array.from({ length: 25 }, () => undefined));

    expect(findings.filter(({ placement }) => placement === "inline")).toHaveLength(25);
  });

  it("gives one refutation against two finders as a disagreement", () => {
    const agreed = aFinding({ agreement: { found: 2, of: 3 } });

    const [finding] = judgeFindings(
      [agreed],
      new Map([[agreed.fingerprint, says("refuted")]]),
      FILES,
      DEFAULT_SETTINGS,
    );

    expect(finding).toMatchObject({
      verdict: "plausible",
      verification: "2 of 3 subagents report it independently; the verifier disagrees: it is refuted",
    });
  });

  it("loses nothing and invents nothing, whatever the verdicts", () => {
    const verdict = fc.constantFrom("confirmed", "plausible", "refuted", undefined);
    fc.assert(
      fc.property(fc.array(verdict, { maxLength: 40 }), (verdicts) => {
        const findings = ofVerdicts(...verdicts);

        expect(findings.map(({ fingerprint }) => fingerprint).toSorted()).toEqual(
          verdicts.map((_, index) => `p${index}`).toSorted(),
        );
        for (const finding of findings) {
          const given = verdicts[Number(finding.fingerprint.slice(1))];
          expect([finding.verdict, finding.verification]).toEqual(
            given === undefined ? ["unverified", undefined] : [given, `it is ${given}`],
          );
        }
      }),
    );
  });
});
