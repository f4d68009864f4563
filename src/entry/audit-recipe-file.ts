import { AuditRecipe } from "../domain/audit-recipe.ts";
import { BUILT_IN_RECIPES } from "../domain/built-in-recipes.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { isRecipeName, RECIPE_FOLDER } from "../domain/recipe.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import { FRONT_MATTER } from "./recipe-file.ts";
import { validatedYaml } from "./validated-yaml.ts";

/** The head of a recipe file; its name is the file's, its instructions are the text below. */
const RecipeHead = AuditRecipe.omit({ name: true, instructions: true });

/**
 * A recipe written as Markdown: the front matter says what counts and where, the text tells subagents what to look for.
 * @throws {ConfigurationError} with file, line and what is wrong.
 */
export function parseAuditRecipe(path: string, text: string): AuditRecipe {
  const [, head, body = ""] = FRONT_MATTER.exec(text) ?? [];
  if (head === undefined) {
    throw new ConfigurationError(`${path}:1: a recipe begins with front matter between two lines of ---`);
  }
  const parsed = validatedYaml({ path, text: head, firstLine: 2 }, RecipeHead);
  if (parsed === undefined) throw new ConfigurationError(`${path}:1: the front matter is empty`);
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/, "");
  const recipe = AuditRecipe.safeParse({ ...parsed, name, instructions: body.trim() });
  if (recipe.success) return recipe.data;
  throw new ConfigurationError(`${path}: ${recipe.error.issues.map(({ message }) => message).join("; ")}`);
}

/**
 * The recipe of that name: the repository's own first, then the built-in one.
 * @throws {ConfigurationError} there is none; the text lists those there are.
 */
export async function findAuditRecipe(name: string, head: Snapshot, signal: AbortSignal): Promise<AuditRecipe> {
  const path = `${RECIPE_FOLDER}/${name}.md`;
  const content = isRecipeName(name) ? await head.read(path, signal) : undefined;
  if (content?.kind === "text") return parseAuditRecipe(path, content.text);
  const builtIn = BUILT_IN_RECIPES.find((recipe) => recipe.name === name);
  if (builtIn !== undefined) return builtIn;
  const own = (await head.list(signal)).flatMap((entry) => {
    const isRecipe = entry.path.startsWith(`${RECIPE_FOLDER}/`) && entry.path.endsWith(".md");
    return isRecipe ? [entry.path.slice(RECIPE_FOLDER.length + 1, -3)] : [];
  });
  const names = [...new Set([...own, ...BUILT_IN_RECIPES.map((recipe) => recipe.name)])].join(", ");
  throw new ConfigurationError(`there is no recipe ${JSON.stringify(name)}; there are: ${names}`);
}
