/**
 * Writes the JSON Schemas that others read: of the settings file, for editors, and of findings.json. With --check it writes nothing
 * and fails when one is not current.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { Report } from "../../src/domain/report.ts";
import { Settings } from "../../src/domain/settings.ts";
import { kebabCase } from "../../src/entry/validated-yaml.ts";

const DRAFT = "draft-7";
const isCheck = process.argv.includes("--check");

const schemas = {
  "parallel-review.schema.json": {
    title: "Settings of parallel-review (.github/parallel-review.yml)",
    ...kebabKeys(z.toJSONSchema(Settings, { target: DRAFT, io: "input" })),
  },
  "findings.schema.json": {
    title: "findings.json of parallel-review",
    ...z.toJSONSchema(Report, { target: DRAFT, io: "input" }),
  },
};

for (const [name, schema] of Object.entries(schemas)) {
  const file = join(import.meta.dirname, "..", name);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (!isCheck) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    throw new Error(`.github/${name} is not current: run node .github/scripts/write-schemas.ts`);
  }
}

/** The schema with the keys that people write in the file, in `properties`, `required` and defaults. */
function kebabKeys(schema: object): object {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, kebabValue(key, value)]));
}

function kebabValue(key: string, value: unknown): unknown {
  if (key === "required" && Array.isArray(value)) return value.map((name) => kebabCase(String(name)));
  if (Array.isArray(value)) return value.map((item) => kebabValue("", item));
  if (typeof value !== "object" || value === null) return value;
  if (key !== "properties" && key !== "default") return kebabKeys(value);
  const entries = Object.entries(value).map(([name, inner]) => [kebabCase(name), kebabValue("", inner)] as const);
  return Object.fromEntries(entries);
}
