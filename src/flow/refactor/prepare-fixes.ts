import { ConfigurationError } from "../../domain/errors.ts";
import type { Finding } from "../../domain/finding.ts";
import { placeFindings } from "../../domain/fix-order.ts";
import { literalGlob } from "../../domain/path-globs.ts";
import type { Recipe } from "../../domain/recipe.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { readTexts } from "../read-texts.ts";
import { type PreparedRefactor, prepareRefactor } from "./prepare-refactor.ts";

/**
 * The plan that fixes findings: a subtask for every file that has any. Only `named`, which a person wrote, can name a protected file;
 * a finding cannot.
 * @throws {ConfigurationError} none of the findings can be fixed; the text says why.
 */
export async function prepareFixes(
  base: Snapshot,
  {
    recipe,
    findings,
    named,
  }: { readonly recipe: Recipe; readonly findings: readonly Finding[]; readonly named: readonly string[] },
  signal: AbortSignal,
): Promise<PreparedRefactor> {
  const texts = await readTexts(base, [...new Set(findings.map(({ path }) => path))], signal);
  const fixes = placeFindings(findings, texts);
  if (fixes.toFix.size === 0) {
    const reasons = fixes.lost.slice(0, 20).map(({ id, reason }) => `${id}: ${reason}`);
    throw new ConfigurationError(["There is no finding to fix:", ...reasons].join("\n  "));
  }
  const files = [...fixes.toFix.keys()].map((path) => literalGlob(path));
  const prepared = await prepareRefactor(base, { recipe: { ...recipe, files }, files: [], named }, signal);
  return { ...prepared, fixes };
}
