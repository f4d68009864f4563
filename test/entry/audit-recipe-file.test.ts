import { describe, expect, it } from "vitest";

import { issueTypeOf } from "../../src/domain/audit-recipe.ts";
import { BUILT_IN_RECIPES } from "../../src/domain/built-in-recipes.ts";
import { findAuditRecipe, parseAuditRecipe } from "../../src/entry/audit-recipe-file.ts";
import { memorySnapshot } from "../support/memory-snapshot.ts";

const { signal } = new AbortController();
const PATH = ".github/parallel-review/recipes/money.md";
const MONEY = `---
title: Money audit
report-path: docs/money.md
files: ["src/**"]
issue-types:
  - id: float-money
    title: Money in floats
    rules: ["*-float-money"]
---
Amounts are whole cents.
`;

describe("a recipe file", () => {
  it("says by its front matter what counts and by its text what to look for", () => {
    const recipe = parseAuditRecipe(PATH, MONEY);

    expect(recipe).toMatchObject({
      name: "money",
      reportPath: "docs/money.md",
      instructions: "Amounts are whole cents.",
    });
    expect(issueTypeOf(recipe, { ruleId: "ts-float-money", category: "other" })?.id).toBe("float-money");
    expect(issueTypeOf(recipe, { ruleId: "ts-float", category: "other" })).toBeUndefined();
  });

  it.each([
    ["no front matter", "# Money", `${PATH}:1: a recipe begins with front matter`],
    ["an unknown key", MONEY.replace("title:", "titel: x\ntitle:"), `${PATH}:2: unknown key titel`],
    [
      "a path outside",
      MONEY.replace("docs/money.md", "../money.md"),
      `${PATH}:3: report-path: must be a path inside the repository`,
    ],
    ["a wrong rule", MONEY.replace("*-float-money", "x y"), `${PATH}:8: issue-types.0.rules.0: must be a rule id`],
  ])("with %s names file, line and mistake", (_name, text, message) => {
    expect(() => parseAuditRecipe(PATH, text)).toThrow(message);
  });

  it("of the repository counts before a built-in one; an unknown name lists them all", async () => {
    const head = memorySnapshot({ [PATH]: MONEY, [PATH.replace("money", "database")]: MONEY });

    expect((await findAuditRecipe("database", head, signal)).title).toBe("Money audit");
    expect((await findAuditRecipe("security", head, signal)).title).toBe("Security audit");
    await expect(findAuditRecipe("../money", head, signal)).rejects.toThrow(/there are: database, money, security/);
  });
});

describe("the built-in recipes", () => {
  it("have distinct names and reports, and no type twice", () => {
    expect(new Set(BUILT_IN_RECIPES.map(({ name }) => name)).size).toBe(BUILT_IN_RECIPES.length);
    expect(new Set(BUILT_IN_RECIPES.map(({ reportPath }) => reportPath)).size).toBe(BUILT_IN_RECIPES.length);
    for (const { issueTypes } of BUILT_IN_RECIPES) {
      expect(new Set(issueTypes.map(({ id }) => id)).size).toBe(issueTypes.length);
    }
  });
});
