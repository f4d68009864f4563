/**
 * How fast the rules engine reads real source with every built-in pack on, on one core (design section 7: 0.5 MB a second), and what files cost
 * in which no ast-grep rule can match. In processor time, because machines are shared; the best of three rounds, for the first one also
 * compiles. Run: node test/bench/rules-bench.ts [folder]; without a folder over this project's own source.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { installedAssets } from "../../src/adapters/rules/assets.ts";
import { openEngine } from "../../src/adapters/rules/engine.ts";
import { languageOf } from "../../src/adapters/rules/languages.ts";
import { loadRules } from "../../src/adapters/rules/load-rules.ts";
import { rulesFor, scanFile } from "../../src/adapters/rules/scan-file.ts";

type Source = { readonly path: string; readonly text: string };

const ROUNDS = 3;
const folder = process.argv[2] ?? join(import.meta.dirname, "../../src");
const assets = installedAssets();
const rules = await loadRules({ assets, repository: [], signal: new AbortController().signal });
const engine = await openEngine(assets);

const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => languageOf(path) !== undefined && !path.includes("node_modules/"))
  .map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }));
for (const language of new Set(sources.flatMap(({ path }) => languageOf(path) ?? []))) await engine.load(language);
const takesEngine = (source: Source): boolean => rulesFor(source.path, source.text, rules.syntax).length > 0;
const searched = sources.filter(takesEngine);
const others = sources.filter((source) => !searched.includes(source));

const whole = best(sources);
const idle = best(others);
console.log(`${sources.length} files, ${megabytes(sources).toFixed(2)} MB, ${rules.syntax.length} ast-grep rules`);
console.log(
  `all: ${(megabytes(sources) / whole.seconds).toFixed(2)} MB a second and core (goal: 0.5), ${whole.claims} claims`,
);
console.log(
  `  ${others.length} of them, ${megabytes(others).toFixed(2)} MB, in which no ast-grep rule can match: ` +
    `${(megabytes(others) / idle.seconds).toFixed(0)} MB a second, ${((100 * idle.seconds) / whole.seconds).toFixed(1)} % of the time`,
);
for (const { id, ms } of dearest()) console.log(`  ${id}: ${ms.toFixed(0)} ms`);

function best(of: readonly Source[]): { readonly seconds: number; readonly claims: number } {
  const rounds = Array.from({ length: ROUNDS }, () => {
    let claims = 0;
    const seconds = spent(() => {
      for (const { path, text } of of) claims += scanFile(engine, rules, path, text).length;
    });
    return { seconds, claims };
  });
  return rounds.reduce((a, b) => (b.seconds < a.seconds ? b : a));
}

/** The rules that take most of the time, each run alone, so that each pays for parsing. */
function dearest(): { readonly id: string; readonly ms: number }[] {
  return rules.syntax
    .map((rule) => {
      const alone = { syntax: [rule], text: [] };
      return {
        id: rule.id,
        ms: 1_000 * spent(() => sources.forEach(({ path, text }) => scanFile(engine, alone, path, text))),
      };
    })
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, 5);
}

/** Seconds of this process on all its threads. */
function spent(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function megabytes(of: readonly Source[]): number {
  return of.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / 1e6;
}
