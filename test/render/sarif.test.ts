import { readFileSync } from "node:fs";

import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";

import { sarifLog } from "../../src/render/sarif.ts";
import { aFinding, aReport } from "../support/builders.ts";
import { SAMPLE_REPORT } from "../support/sample-report.ts";

/** The schema without its own name and dialect: it is written in draft 4, but uses nothing that later drafts read otherwise. */
const {
  id: _id,
  $schema: _dialect,
  ...schema
} = JSON.parse(readFileSync(`${import.meta.dirname}/../contract/sarif/sarif-schema-2.1.0.json`, "utf8")) as Record<
  string,
  unknown
>;
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const isSarif = ajv.compile(schema);

type Log = {
  runs: [
    {
      results: Record<string, unknown>[];
      invocations: [{ executionSuccessful: boolean }];
      tool: { driver: { rules: { id: string }[] } };
    },
  ];
};

describe("sarifLog", () => {
  it.each([
    ["a partial review", SAMPLE_REPORT],
    ["a review without findings", aReport()],
    ["a local repository", aReport({ target: { repository: "shop", base: "b", head: "a" }, findings: [aFinding()] })],
    [
      "odd text",
      aReport({ findings: [aFinding({ path: "a b/c:d/é#?.ts", title: "{0} [x](1) \u202E", side: "LEFT" })] }),
    ],
  ])("is valid against the official schema for %s", (_, report) => {
    const log = JSON.parse(JSON.stringify(sarifLog(report, { version: "0.1.0" }))) as unknown;

    isSarif(log);

    expect(isSarif.errors ?? []).toEqual([]);
  });

  it("has a schema that can refuse", () => {
    expect(isSarif({ version: "2.1.0", runs: [{ tool: {} }] })).toBe(false);
  });

  it("says that a partial run was not successful, and suppresses what was refuted", () => {
    const [run] = (sarifLog(SAMPLE_REPORT, { version: "0.1.0" }) as Log).runs;

    expect(run.invocations[0].executionSuccessful).toBe(false);
    expect(run.results.filter((each) => "suppressions" in each).map((each) => each["ruleId"])).toEqual([
      "null-dereference",
    ]);
    expect(run.results[0]).toMatchObject({
      level: "error",
      partialFingerprints: { "parallelReview/v1": "1f0c2ab94d3e5567" },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "src/controllers/orders.ts" },
            region: { startLine: 24, endLine: 26 },
          },
        },
      ],
    });
    for (const result of run.results)
      expect(run.tool.driver.rules[Number(result["ruleIndex"])]?.id).toBe(result["ruleId"]);
  });

  it("writes a path as a relative reference and escapes what SARIF reads as markup", () => {
    const [run] = (
      sarifLog(
        aReport({
          findings: [
            aFinding({
              path: "a b/c:d.ts",
              title: "see [x](1) and {0}, not a[0] or {}",
              detail: "",
              failureScenario: "",
            }),
          ],
        }),
        {
          version: "0.1.0",
        },
      ) as Log
    ).runs;

    expect(run.results[0]).toMatchObject({
      message: { text: "see \\[x](1) and {{0}}, not a[0] or {}" },
      locations: [{ physicalLocation: { artifactLocation: { uri: "a%20b/c%3Ad.ts" } } }],
    });
  });
});
