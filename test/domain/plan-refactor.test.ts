import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { planRefactor, type RefactorFacts } from "../../src/domain/plan-refactor.ts";
import { firstOverlap } from "../../src/domain/write-scope.ts";

function facts(files: Readonly<Record<string, string>>, over: Partial<RefactorFacts> = {}): RefactorFacts {
  return {
    entries: Object.keys(files)
      .toSorted()
      .map((path) => ({ path, kind: "file", executable: false, size: 10 })),
    text: (path) => files[path],
    files: ["**"],
    named: [],
    writes: ["{path}"],
    tools: [],
    budget: { turns: 1, tokens: 1, outputTokens: 1 },
    ...over,
  };
}

function shape(plan: ReturnType<typeof planRefactor>) {
  return plan.subtasks.map(({ id, files, dependsOn, wave }) => [
    id,
    files.map(({ path }) => path).join(" "),
    dependsOn.join(" "),
    wave,
  ]);
}

describe("planRefactor", () => {
  it("waits for what a file imports, and puts a circle into one hand", () => {
    const plan = planRefactor(
      facts({
        "base.ts": "",
        "one.ts": 'import "./base.ts";',
        "x.ts": 'import "./y.ts"; import "./one.ts";',
        "y.ts": 'import "./x.ts";',
      }),
    );

    expect(shape(plan)).toEqual([
      ["s1", "base.ts", "", 0],
      ["s2", "one.ts", "s1", 1],
      ["s3", "x.ts y.ts", "s2", 2],
    ]);
  });

  it("counts only files that would be edited against the limit of one run", () => {
    const names = Array.from({ length: 1_200 }, (_, index) => `f${String(index).padStart(4, "0")}.ts`);
    const foreseen = new Map(
      names.map((name, index) => [name, index % 2 === 0 ? "untouched" : index % 20 === 1 ? "left" : "edited"] as const),
    );
    const files = Object.fromEntries(names.map((name) => [name, ""]));
    const reasonOf = (plan: ReturnType<typeof planRefactor>, reason: string): number =>
      plan.skipped.filter((each) => each.reason.includes(reason)).length;

    const blind = planRefactor(facts(files));
    const sighted = planRefactor(facts(files, { foreseen }));
    const many = planRefactor(facts(files, { foreseen: new Map(names.map((name) => [name, "edited"])) }));

    expect([blind.subtasks.length, reasonOf(blind, "at most 500 files")]).toEqual([500, 700]);
    expect([sighted.subtasks.length, reasonOf(sighted, "None of the rules applies to it")]).toEqual([560, 600]);
    // 540 would be edited, and 60 are left for a person to decide.
    expect(reasonOf(sighted, "at most 500 files")).toBe(40);
    expect(many.subtasks).toHaveLength(500);
  });

  it("gives files that many share to one last subtask", () => {
    const plan = planRefactor(
      facts({
        "src/index.ts": 'export * from "./a.ts";\nexport { b } from "./b.ts";\n',
        "src/a.ts": "",
        "src/b.ts": "",
      }),
    );

    expect(shape(plan)).toEqual([
      ["s1", "src/a.ts", "", 0],
      ["s2", "src/b.ts", "", 0],
      ["s3", "src/index.ts", "s1 s2", 1],
    ]);
    expect(plan.subtasks.map(({ integrates }) => integrates)).toEqual([false, false, true]);
  });

  it("cuts a circle that is too large for one writer, and says so", () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`f${index}.ts`, `import "./f${(index + 1) % 12}.ts";`]),
    );

    const plan = planRefactor(facts(files));

    expect(plan.subtasks).toHaveLength(12);
    expect(plan.notes.join()).toContain("12 files import each other in a circle");
  });

  it("has every selected file once, in a subtask or left out, and no path in two write scopes", () => {
    const name = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const graph = fc.dictionary(name, fc.array(name, { maxLength: 3 }), { minKeys: 1 });
    fc.assert(
      fc.property(graph, (imports) => {
        const files = Object.fromEntries(
          Object.entries(imports).map(([key, all]) => [
            `${key}.ts`,
            all.map((other) => `import "./${other}.ts";`).join("\n"),
          ]),
        );

        const plan = planRefactor(facts({ ...files, "package.json": "{}" }));

        const planned = plan.subtasks.flatMap((subtask) => subtask.files.map(({ path }) => path));
        expect([...planned, ...plan.skipped.map(({ path }) => path)].toSorted()).toEqual(
          [...Object.keys(files), "package.json"].toSorted(),
        );
        expect(firstOverlap(plan.subtasks.map(({ scope }) => scope))).toBeUndefined();
        const place = new Map(plan.subtasks.map(({ id }, index) => [id, index]));
        for (const [index, { dependsOn }] of plan.subtasks.entries()) {
          for (const id of dependsOn) expect(place.get(id)).toBeLessThan(index);
        }
      }),
    );
  });
});
