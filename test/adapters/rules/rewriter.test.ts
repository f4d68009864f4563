import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { installedAssets } from "../../../src/adapters/rules/assets.ts";
import { loadOwnRules } from "../../../src/adapters/rules/load-rules.ts";
import { rulesRewriter } from "../../../src/adapters/rules/rewriter.ts";
import type { Rewrite } from "../../../src/ports/rewriter.ts";

const never = new AbortController().signal;
const assets = installedAssets();
const shop = join(import.meta.dirname, "../../../src/standin/shop/base");

async function rewrite(yaml: string, text: string, path = "src/a.ts"): Promise<Rewrite> {
  const own = await loadOwnRules({ assets, repository: [{ path: "r.yml", text: yaml }], signal: never });
  await using rewriter = rulesRewriter({ rules: own.rules.map((placed) => placed.rule), assets });
  return await rewriter.rewrite({ path, text }, never);
}

function rule(id: string, body: string): string {
  return `id: ${id}\nlanguage: typescript\nmessage: does ${id}\nrule:\n${body}\n`;
}

describe("rulesRewriter", () => {
  it("runs the rules in the order they are written, each on what the one before made", async () => {
    const yaml = [
      rule("z-first", "  pattern: one($X)\nfix: two($X)"),
      rule("a-second", "  pattern: two($X)\nfix: three($X, $X)"),
    ].join("---\n");

    const result = await rewrite(yaml, "one(1);\ntwo(2);\n");

    expect(result.text).toBe("three(1, 1);\nthree(2, 2);\n");
    expect(result.applied.map(({ ruleId, places }) => [ruleId, places])).toEqual([
      ["z-first", 1],
      ["a-second", 2],
    ]);
  });

  it("replaces the outer one of two matches inside each other", async () => {
    const result = await rewrite(rule("wrap", "  pattern: f($X)\nfix: g($X)"), "f(f(1));\n");

    expect(result.text).toBe("g(f(1));\n");
  });

  it("takes the line and its blank lines away with what stood there alone", async () => {
    const yaml = rule("no-field", "  kind: public_field_definition\n  regex: ^private b\nfix: ''");
    const text = "class A {\n  a = 1;\n\n  private b = 2;\n\n  c() {}\n}\n";

    expect((await rewrite(yaml, text)).text).toBe("class A {\n  a = 1;\n\n  c() {}\n}\n");
  });

  it("sets the further lines of a replacement as deep as the match stands", async () => {
    const yaml = rule("call", "  pattern: run($X);\nfix: |-\n  if (ready) {\n    run($X);\n  }");

    expect((await rewrite(yaml, "function f() {\n  run(1);\n}\n")).text).toBe(
      "function f() {\n  if (ready) {\n    run(1);\n  }\n}\n",
    );
  });

  it("reports a match of a rule without a replacement as a question, and changes nothing", async () => {
    const result = await rewrite(rule("ask", "  pattern: eval($X)"), "a;\neval(b);\n");

    expect(result).toMatchObject({
      text: "a;\neval(b);\n",
      applied: [],
      questions: [{ ruleId: "ask", line: 2, message: "does ask" }],
    });
  });

  it("leaves files alone whose language the rules do not know, and says so", async () => {
    const result = await rewrite(rule("x", "  pattern: a\nfix: b"), "a", "notes.txt");

    expect(result).toMatchObject({ text: "a", error: expect.stringContaining("language") as string });
  });

  it.each(["order", "product", "customer", "pricing", "notification"])(
    "makes the %s service of the example as its recipe says",
    async (name) => {
      const path = `src/services/${name}-service.ts`;
      const yaml = readFileSync(join(shop, ".github/parallel-review/recipes/extend-base-service.yml"), "utf8");

      const result = await rewrite(yaml, readFileSync(join(shop, path), "utf8"), path);

      await expect(result.text).toMatchFileSnapshot(join(import.meta.dirname, `snapshots/${name}-service.ts.snap`));
    },
  );
});
