import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Ajv, type ValidateFunction } from "ajv";
import { expect, it } from "vitest";
import { parse } from "yaml";

import { parseSettings } from "../../src/entry/settings-file.ts";
import { aFinding, aReport } from "../support/builders.ts";

const GITHUB = join(import.meta.dirname, "../../.github");

function published(name: string): ValidateFunction {
  return new Ajv({ strict: false }).compile(JSON.parse(readFileSync(join(GITHUB, name), "utf8")) as object);
}

function isAccepted(text: string): boolean {
  try {
    parseSettings("settings.yml", text);
    return true;
  } catch {
    return false;
  }
}

it("the published schemas are what the program reads and writes", () => {
  const { stderr, status } = spawnSync(process.execPath, [join(GITHUB, "scripts/write-schemas.ts"), "--check"], {
    encoding: "utf8",
  });

  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

it.each([
  ["fail-on: high\nbudget-usd: 2.5\n", true],
  ["caps:\n  inline-comments: 10\nprofiles:\n  - paths: [infra/**]\n    depth: deep\n", true],
  ["lenses:\n  - name: money\n    look-for: rounding\n", true],
  ["fail-on: sometimes\n", false],
  ["caps:\n  inline-comments: 900\n", false],
  ["lense: []\n", false],
  ["profiles:\n  - depth: deep\n", false],
])("an editor says of %j what the program says: %s", (text, valid) => {
  expect(published("parallel-review.schema.json")(parse(text))).toBe(valid);
  expect(isAccepted(text)).toBe(valid);
});

it("a report fits the published schema of findings.json", () => {
  const validate = published("findings.schema.json");
  const report: unknown = JSON.parse(JSON.stringify(aReport({ findings: [aFinding()] })));

  expect(validate(report)).toBe(true);
  expect(validate({ ...(report as object), conclusion: "great" })).toBe(false);
});
