import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import type { RuleAssets } from "./assets.ts";
import { parseRules, type RuleText } from "./parse-rules.ts";
import type { SyntaxRule } from "./rule.ts";

/** The rules of the built-in packs. Out of a bundle they come as they were parsed when it was made: reading YAML takes a tenth of a second. */
export async function builtInRules(packs: RuleAssets["packs"], signal: AbortSignal): Promise<readonly SyntaxRule[]> {
  if (packs.kind === "parsed") {
    const rules: unknown = JSON.parse(await readFile(packs.path, { encoding: "utf8", signal }));
    return rules as readonly SyntaxRule[]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- our own build wrote what the branch below returns
  }
  const { rules, problems } = parseRules(await readPacks(packs.path, signal));
  if (problems.length > 0) throw new Error(`Built-in rules are broken:\n${problems.join("\n")}`);
  return rules.map(({ rule }) => rule);
}

async function readPacks(directory: string, signal: AbortSignal): Promise<RuleText[]> {
  const entries = await readdir(directory, { recursive: true });
  const paths = entries.filter((path) => path.endsWith(".yml")).toSorted();
  return Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(directory, path), { encoding: "utf8", signal }) })),
  );
}
