import { z } from "zod";

import type { RepoPath } from "./repo-path.ts";

const Glob = z.string().min(1).max(300);

/** The tools that a recipe can grant to those who write; read-only work leaves the last three out. */
const RECIPE_TOOLS = ["Read", "Glob", "Grep", "Edit", "Write", "check"] as const;

/** What stands between the two `---` lines of a recipe. Every key but `goal` is optional; what the dispatch says counts before it. */
export const RecipeFields = z.strictObject({
  /** One sentence; the title of the pull request is made of it. */
  goal: z.string().trim().min(1).max(2_000),
  /** Which files to change; `!glob` leaves files out again. */
  files: z.array(Glob).default([]),
  /** Files that every writer gets to read in full. */
  context: z.array(Glob).default([]),
  /**
   * What is written for each file of `files`: itself unless told. `{path}`, `{folder}`, `{name}` (without extension) and
   * `{extension}` stand for its parts, e.g. `test/{name}.test.{extension}`.
   */
  writes: z.array(z.string().min(1).max(300)).min(1).default(["{path}"]),
  tools: z.array(z.enum(RECIPE_TOOLS)).default([...RECIPE_TOOLS]),
  /** Files with ast-grep rules that rewrite, relative to the recipe: with them the recipe needs no model. */
  rules: z.array(z.string().min(1).max(300)).default([]),
});

/** A kind of change that is made to many files. `instructions` is the text below the front matter, for the writers. */
export type Recipe = z.infer<typeof RecipeFields> & {
  /** Its file's name without `.md`. */
  readonly name: string;
  readonly instructions: string;
};

/** The folder of a repository's own recipes; read from the tree that guidance is read from, never from a change. */
export const RECIPE_FOLDER: RepoPath = ".github/parallel-review/recipes";

/** Names that can be asked for; nothing in them can leave the folder. */
export function isRecipeName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,59}$/.test(name);
}
