import { readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";

import type { RuleText } from "../adapters/rules/parse-rules.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { isRecipeName, type Recipe, RECIPE_FOLDER } from "../domain/recipe.ts";
import { parseRepoPath } from "../domain/repo-path.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import { parseRecipe } from "./recipe-file.ts";

/** A recipe with the texts of the rule files that it names. */
export type LoadedRecipe = { readonly recipe: Recipe; readonly ruleFiles: readonly RuleText[] };

/**
 * The recipe with this name: the repository's own, from the tree that guidance may be read from, else the built-in one.
 * @throws {ConfigurationError} there is none (the text lists those there are), or it is not well written.
 */
export async function loadRecipe(
  name: string,
  guidance: Snapshot,
  builtIn: string,
  signal: AbortSignal,
): Promise<LoadedRecipe> {
  const path = `${RECIPE_FOLDER}/${name}.md`;
  const own = isRecipeName(name) ? await guidance.read(path, signal) : undefined;
  if (own?.kind === "text") {
    const recipe = parseRecipe(name, path, own.text);
    return { recipe, ruleFiles: await Promise.all(recipe.rules.map((file) => ruleFile(file, guidance, signal))) };
  }
  const known = (await readdir(builtIn).catch(() => []))
    .filter((file) => file.endsWith(".md"))
    .map((file) => file.slice(0, -3));
  if (known.includes(name)) {
    const file = join(builtIn, `${name}.md`);
    return { recipe: parseRecipe(name, `${name}.md`, await readFile(file, "utf8")), ruleFiles: [] };
  }
  const inRepository = (await guidance.list(signal)).flatMap(({ path: other }) =>
    other.startsWith(`${RECIPE_FOLDER}/`) && other.endsWith(".md") ? [posix.basename(other, ".md")] : [],
  );
  const all = [...new Set([...inRepository, ...known])].toSorted().join(", ");
  throw new ConfigurationError(`There is no recipe ${JSON.stringify(name)}; there are: ${all || "none"}`);
}

async function ruleFile(file: string, guidance: Snapshot, signal: AbortSignal): Promise<RuleText> {
  const path = parseRepoPath(`${RECIPE_FOLDER}/${file}`);
  const content = path === undefined ? undefined : await guidance.read(path, signal);
  if (path === undefined || content?.kind !== "text") {
    throw new ConfigurationError(`${RECIPE_FOLDER}/${file} is not there, but the recipe names it under rules`);
  }
  return { path, text: content.text };
}
