import { parseDocument } from "yaml";
import type { z } from "zod";

import { ConfigurationError } from "../domain/errors.ts";
import { type Recipe, RecipeFields } from "../domain/recipe.ts";

/** A Markdown file whose front matter stands between two lines of ---: the front matter, and the text below. */
export const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)([\s\S]*)$/;
const MAX_INSTRUCTIONS = 20_000;
const CHECK_BELONGS_ELSEWHERE =
  'a recipe cannot name a command to run: give check to the workflow (input check) or to the command line (--check), e.g. ["npx","tsc","--noEmit"]';

/**
 * A recipe out of its Markdown file: what is asked for between two lines of `---`, and below them what the writers are told.
 * @throws {ConfigurationError} with the file's name and what is wrong, a line per mistake.
 */
export function parseRecipe(name: string, path: string, text: string): Recipe {
  const [, front, instructions = ""] = FRONT_MATTER.exec(text) ?? [];
  if (front === undefined) {
    throw new ConfigurationError(
      `${path}: a recipe starts with a line of ---, then goal: and the other keys, then another ---`,
    );
  }
  const document = parseDocument(front, { prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) throw new ConfigurationError(`${path}: not valid YAML: ${broken.message}`);
  const fields = RecipeFields.safeParse(document.toJS({ maxAliasCount: 20 }));
  if (fields.success) return { ...fields.data, name, instructions: instructions.trim().slice(0, MAX_INSTRUCTIONS) };
  const mistakes = fields.error.issues.map((issue) => `${path}: ${describe(issue)}`);
  throw new ConfigurationError(mistakes.join("\n"));
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    if (issue.keys.includes("check")) return CHECK_BELONGS_ELSEWHERE;
    return `unknown key ${issue.keys.join(", ")}; there are ${Object.keys(RecipeFields.shape).join(", ")}`;
  }
  const at = issue.path.map(String).join(".");
  return at === "" ? issue.message : `${at}: ${issue.message}`;
}
