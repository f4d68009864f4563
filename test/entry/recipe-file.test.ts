import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { parseRecipe } from "../../src/entry/recipe-file.ts";

const builtIn = join(import.meta.dirname, "../../src/entry/recipes");

describe("parseRecipe", () => {
  it("refuses a command, and says where it belongs", () => {
    const text = "---\ngoal: x\ncheck: [npx, tsc]\n---\n";

    expect(() => parseRecipe("mine", "mine.md", text)).toThrow(/^mine\.md: a recipe cannot name a command.*--check/);
  });

  it.each(readdirSync(builtIn))("reads the built-in %s", (file) => {
    const recipe = parseRecipe(file.slice(0, -3), file, readFileSync(join(builtIn, file), "utf8"));

    expect(recipe.goal).not.toBe("");
    expect(recipe.tools).toContain("Read");
  });
});
