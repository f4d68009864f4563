import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import type { RuleAssets } from "./assets.ts";
import { parseRules, type RuleText } from "./parse-rules.ts";
import type { SyntaxRule } from "./rule.ts";

/** By folder. A process that makes many reviews reads its own files once. */
const read = new Map<string, Promise<readonly SyntaxRule[]>>();

/** The rules of the built-in packs. Out of a bundle they come as they were parsed when it was made: reading YAML takes a tenth of a second. */
export async function builtInRules(packs: RuleAssets["packs"], signal: AbortSignal): Promise<readonly SyntaxRule[]> {
  if (packs.kind === "parsed") {
    const rules: unknown = JSON.parse(await readFile(packs.path, { encoding: "utf8", signal }));
    return rules as readonly SyntaxRule[]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- our own build wrote what the branch below returns
  }
  const reading = read.get(packs.path) ?? readPacks(packs.path);
  read.set(packs.path, reading);
  const rules = await reading;
  signal.throwIfAborted();
  return rules;
}

async function readPacks(directory: string): Promise<readonly SyntaxRule[]> {
  const { rules, problems } = parseRules(await packTexts(directory));
  if (problems.length > 0) throw new Error(`Built-in rules are broken:\n${problems.join("\n")}`);
  return rules.map(({ rule }) => rule);
}

async function packTexts(directory: string): Promise<RuleText[]> {
  const entries = await readdir(directory, { recursive: true });
  const paths = entries.filter((path) => path.endsWith(".yml")).toSorted();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(directory, path), "utf8") })));
}
